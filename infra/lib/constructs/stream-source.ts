import type { Duration } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IDependable } from 'constructs';

/** What a `StreamFunction` reads from. */
export interface StreamSource extends IDependable {
  /** What the mapping names as its source. */
  readonly eventSourceArn: string;
  /** How many shards are read at once. */
  readonly shards: number;
  /** How long a record can be read. */
  readonly retention: Duration;
  /** Lets `reader` read, and no more. */
  grantRead(reader: iam.IRole): void;
}
