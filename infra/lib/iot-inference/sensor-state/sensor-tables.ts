import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** The index of the latest state by site. */
export const BY_SITE = 'bySite';

const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });

/**
 * The newest reading of each sensor.
 *
 * The index is sorted by the device, not by the time: a new reading then changes an entry in its place, which is one write
 * and not two, no page is upset by it, and DynamoDB can divide a site that gets many writes between partitions.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
export class LatestTable extends dynamodb.Table {
  constructor(scope: Construct, id: string, encryptionKey: kms.IKey) {
    super(scope, id, { partitionKey: text('deviceId'), sortKey: text('sensorId'), ...safe(encryptionKey) });
    this.addGlobalSecondaryIndex({ indexName: BY_SITE, partitionKey: text('site'), sortKey: text('deviceId') });
  }

  get bySiteArn(): string {
    return `${this.tableArn}/index/${BY_SITE}`;
  }
}

/** Every reading for as long as `expiresAt` says; DynamoDB deletes it within a few days after. */
export class HistoryTable extends dynamodb.Table {
  constructor(scope: Construct, id: string, encryptionKey: kms.IKey) {
    super(scope, id, {
      partitionKey: text('sensor'),
      sortKey: text('at'),
      timeToLiveAttribute: 'expiresAt',
      ...safe(encryptionKey),
    });
  }
}

/** Encrypted with the pattern's key, kept when the stack is deleted, and restorable to any second of the last 35 days. */
function safe(encryptionKey: kms.IKey): Partial<dynamodb.TableProps> {
  return {
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
    encryptionKey,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  };
}
