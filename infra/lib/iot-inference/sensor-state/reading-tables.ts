import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });

/** What both tables have. Readings are kept when the stack is deleted; each second of 35 days can be restored. */
const safe = (encryptionKey: kms.IKey) => ({
  billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
  encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
  encryptionKey,
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  deletionProtection: true,
  removalPolicy: RemovalPolicy.RETAIN,
});

/** The index of the latest state by site. `resolvers/latestOfSite.js` names it too. */
export const BY_SITE = 'bySite';

/** The latest state of each sensor: one item, written anew by every newer reading. */
export class LatestTable extends dynamodb.Table {
  constructor(scope: Construct, id: string, encryptionKey: kms.IKey) {
    super(scope, id, { partitionKey: text('deviceId'), sortKey: text('sensorId'), ...safe(encryptionKey) });
    // By device, not by time: the key of an item never changes, so that a newer reading is one write to the index, pages
    // do not shift while they are read, and DynamoDB can split a busy site by devices. It does not split a key that only
    // grows, as a time does; and an index that throttles, throttles the table.
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
    this.addGlobalSecondaryIndex({
      indexName: BY_SITE,
      partitionKey: text('site'),
      sortKey: text('deviceId'),
      projectionType: dynamodb.ProjectionType.ALL,
    });
  }
}

/** Every reading, until it expires. A sensor is a partition key of its own. */
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
