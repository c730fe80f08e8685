import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

import { DynamoDbStream, NEW_TABLE_PARTITIONS } from '../constructs/dynamodb-stream.ts';
import type { RecordStream } from '../constructs/record-stream.ts';
import type { ChangeCapture } from './configuration.ts';
import { KEY } from './orders-key.ts';

export interface OrdersTableProps {
  readonly changeCapture: ChangeCapture;
  /** Both ways at once. */
  readonly cutOver: boolean;
  /** Where DynamoDB itself sends the changes in the native mode. */
  readonly changes: RecordStream;
  readonly encryptionKey: kms.IKey;
  readonly localCloud: boolean;
}

/**
 * The orders, one item for each line. The table is the only copy: encrypted, protected, kept when the stack is deleted,
 * and restorable to any second of the last 35 days.
 */
export class OrdersTable extends Construct {
  readonly table: dynamodb.Table;

  constructor(scope: Construct, id: string, private readonly props: OrdersTableProps) {
    super(scope, id);
    this.table = new dynamodb.Table(this, 'Table', {
      partitionKey: { name: KEY[0], type: dynamodb.AttributeType.STRING },
      sortKey: { name: KEY[1], type: dynamodb.AttributeType.NUMBER },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: props.encryptionKey,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expiresAt',
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...this.capture(),
    });
  }

  /** The table's own stream, for the forwarder to read. */
  stream(): DynamoDbStream {
    const { encryptionKey } = this.props;
    return new DynamoDbStream(this, 'Changes', { table: this.table, encryptionKey, assumedShards: NEW_TABLE_PARTITIONS });
  }

  /**
   * One way out, but while one takes over from the other. The emulator ignores a table's Kinesis destination, so on the
   * local cloud the native mode has the table's stream too, from which a bridge writes what DynamoDB would write.
   */
  private capture(): Partial<dynamodb.TableProps> {
    const { changeCapture, cutOver, changes, localCloud } = this.props;
    const native = changeCapture === 'native' || cutOver;
    const streamed = changeCapture === 'forwarder' || cutOver || localCloud;
    return {
      ...(streamed ? { stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES } : {}),
      // The precision is said outright: the documents disagree on the default, and of two changes of an item time decides.
      ...(native
        ? {
            kinesisStream: changes.stream,
            kinesisPrecisionTimestamp: dynamodb.ApproximateCreationDateTimePrecision.MICROSECOND,
          }
        : {}),
    };
  }
}
