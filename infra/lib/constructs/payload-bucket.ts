import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

export interface PayloadBucketProps {
  readonly encryptionKey: kms.IKey;
  /** Gets the access logs. */
  readonly accessLogs: s3.IBucket;
  /** How long payloads are kept. */
  readonly expiration?: Duration;
}

/**
 * A bucket for the payloads of records that were not delivered. They are personal data and the only copy: encrypted,
 * private, kept when the stack is deleted, and recoverable after an overwrite, but not for ever.
 */
export class PayloadBucket extends s3.Bucket {
  constructor(scope: Construct, id: string, props: PayloadBucketProps) {
    super(scope, id, {
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: props.encryptionKey,
      // One data key for many objects: a burst of dead letters must not run into the quota of KMS requests.
      bucketKeyEnabled: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      serverAccessLogsBucket: props.accessLogs,
      serverAccessLogsPrefix: `${id}/`,
      lifecycleRules: [
        {
          expiration: props.expiration ?? Duration.days(90),
          noncurrentVersionExpiration: Duration.days(30),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
