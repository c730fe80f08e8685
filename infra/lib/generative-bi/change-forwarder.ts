import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import type { RecordStream } from '../constructs/record-stream.ts';
import { maximumRecordAge } from '../constructs/record-age.ts';
import { StreamFunction, type StreamFunctionProps } from '../constructs/stream-function.ts';

export interface ChangeForwarderProps extends Omit<StreamFunctionProps, 'functionName' | 'toleratedOutage' | 'environment'> {
  /** Where the changes go. */
  readonly changes: RecordStream;
  readonly redactedAttributes: string | undefined;
  readonly forwardedItems: string | undefined;
}

/** The crate of the forwarder. */
export const FORWARDER = 'dynamodb-stream-forwarder';

/** The largest record that the stream takes: Kinesis's default, key and data together. */
const MAX_RECORD_SIZE_KIB = '1024';

/** The function `dynamodb-stream-forwarder`: a table's stream -> Kinesis. */
export class ChangeForwarder extends StreamFunction {
  constructor(scope: Construct, id: string, props: ChangeForwarderProps) {
    super(scope, id, {
      ...props,
      functionName: FORWARDER,
      // DynamoDB keeps changes for a day, however long the sink is down: what is left of it is what can be tolerated.
      toleratedOutage: maximumRecordAge(props.source.retention, Duration.seconds(0)),
      environment: {
        STREAM_NAME: props.changes.stream.streamName,
        MAX_RECORD_SIZE_KIB,
        FORWARDED_EVENTS: 'INSERT,MODIFY,REMOVE',
        ...(props.forwardedItems === undefined ? {} : { FORWARDED_ITEMS: props.forwardedItems }),
        ...(props.redactedAttributes === undefined ? {} : { REDACTED_ATTRIBUTES: props.redactedAttributes }),
      },
    });
    // `StreamFunction` lets it use the key to encrypt, for its buckets and so for this stream.
    this.allow(['kinesis:PutRecords'], [props.changes.stream.streamArn]);
  }
}
