import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

export interface ArchiveBucketProps {
  readonly encryptionKey: kms.IKey;
  /** Gets the access logs. */
  readonly accessLogs: s3.IBucket;
}

/** The first part of the keys of what Firehose delivers. */
export const READINGS_PREFIX = 'readings/';
/** Of what it could not deliver, or convert. */
export const ERRORS_PREFIX = 'errors/';
/** Of what Athena answers. */
export const RESULTS_PREFIX = 'athena-results/';

/** As long as other records that were not delivered. */
const ERRORS_KEPT = Duration.days(90);
/** Athena itself shows the history of 45 days; an answer can be asked for again. */
const RESULTS_KEPT = Duration.days(30);

/**
 * All readings, for ever; what could not be delivered, and answers of queries, for a while. Encrypted, private, kept when
 * the stack is deleted, and recoverable after a deletion: there is no other copy.
 */
export class ArchiveBucket extends s3.Bucket {
  constructor(scope: Construct, id: string, props: ArchiveBucketProps) {
    super(scope, id, {
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: props.encryptionKey,
      // One data key for many objects: each partition gets one every few minutes, and a query reads them all.
      bucketKeyEnabled: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      serverAccessLogsBucket: props.accessLogs,
      serverAccessLogsPrefix: `${id}/`,
      lifecycleRules: [
        { prefix: ERRORS_PREFIX, expiration: ERRORS_KEPT },
        { prefix: RESULTS_PREFIX, expiration: RESULTS_KEPT },
        { noncurrentVersionExpiration: Duration.days(30), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
