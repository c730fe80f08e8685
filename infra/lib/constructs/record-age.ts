import { Duration } from 'aws-cdk-lib';

/** How long before a record leaves the stream Lambda must give it up, so that the on-failure destination still gets it. */
export const RETENTION_MARGIN = Duration.hours(6);

/**
 * The highest `MaximumRecordAgeInSeconds` of a stream mapping.
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export const MAXIMUM_RECORD_AGE = Duration.seconds(604_800);

/**
 * The age at which a mapping gives a record up: the stream's retention less the margin, and at most what Lambda allows.
 *
 * Throws when an outage of the sink of length `toleratedOutage` would already cost records their turn.
 */
export function maximumRecordAge(retention: Duration, toleratedOutage: Duration): Duration {
  const age = retention.toSeconds() - RETENTION_MARGIN.toSeconds();
  if (age < toleratedOutage.toSeconds()) {
    throw new Error(
      `a retention of ${retention.toHours()} h leaves records ${age / 3600} h for their delivery, ` +
        `less than the tolerated outage of ${toleratedOutage.toHours()} h: ` +
        `keep them for at least ${toleratedOutage.toHours() + RETENTION_MARGIN.toHours()} h`,
    );
  }
  return Duration.seconds(Math.min(age, MAXIMUM_RECORD_AGE.toSeconds()));
}
