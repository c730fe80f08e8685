import { Aws } from 'aws-cdk-lib';
import * as athena from 'aws-cdk-lib/aws-athena';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

import { type ArchiveBucket, RESULTS_PREFIX } from './archive-bucket.ts';

export const WORKGROUP = 'iot-inference';

/**
 * The least that Athena takes.
 * https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfiguration.html
 */
export const LEAST_SCANNED_CUTOFF = 10_000_000;

/** 100 GB: a query that forgot its days ends before it has read years. */
const SCANNED_CUTOFF = 100_000_000_000;

export interface ArchiveQueriesProps {
  readonly bucket: ArchiveBucket;
  readonly encryptionKey: kms.IKey;
  /** How much a query may read, in bytes. */
  readonly scannedCutoff: number | undefined;
}

/** Where queries of the archive run, by rules that no client can change: where answers go, and how much is read. */
export class ArchiveQueries extends athena.CfnWorkGroup {
  constructor(scope: Construct, id: string, { bucket, encryptionKey, ...props }: ArchiveQueriesProps) {
    const { scannedCutoff = SCANNED_CUTOFF } = props;
    if (!Number.isSafeInteger(scannedCutoff) || scannedCutoff < LEAST_SCANNED_CUTOFF) {
      throw new Error(`scannedCutoff is ${scannedCutoff}, but Athena takes no less than ${LEAST_SCANNED_CUTOFF} bytes`);
    }
    super(scope, id, {
      name: WORKGROUP,
      description: 'Queries of the archive of readings',
      // What ran there can be asked for again.
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: scannedCutoff,
        // The view is Trino's SQL.
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${bucket.bucketName}/${RESULTS_PREFIX}`,
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: encryptionKey.keyArn },
          expectedBucketOwner: Aws.ACCOUNT_ID,
        },
      },
    });
  }
}
