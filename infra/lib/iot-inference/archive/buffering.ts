import { Duration } from 'aws-cdk-lib';

/** As long as large files need. Firehose collects in stages: a reading is in the archive after some 7.5 minutes. */
export const BUFFER_INTERVAL = Duration.minutes(5);

/**
 * With dynamic partitioning Firehose takes no less than a minute, and no more than 15 in any case.
 * https://docs.aws.amazon.com/firehose/latest/APIReference/API_BufferingHints.html
 * https://github.com/aws/aws-cdk/pull/35903
 */
export const LEAST_BUFFER_INTERVAL = Duration.minutes(1);
export const MOST_BUFFER_INTERVAL = Duration.minutes(15);

/** On the local cloud, where nobody waits for a minute. Firehose itself would refuse it. */
const LOCAL_BUFFER_INTERVAL = Duration.seconds(1);

/** How long a partition collects readings for a file. Throws when Firehose would not take it. */
export function bufferInterval(localCloud: boolean, given: Duration = BUFFER_INTERVAL): Duration {
  const seconds = given.toSeconds();
  const [least, most] = [LEAST_BUFFER_INTERVAL.toSeconds(), MOST_BUFFER_INTERVAL.toSeconds()];
  if (seconds < least || seconds > most) {
    throw new Error(`bufferInterval is ${seconds} s, but Firehose takes from ${least} to ${most} s with partitions`);
  }
  return localCloud ? LOCAL_BUFFER_INTERVAL : given;
}
