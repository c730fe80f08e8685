import type { Construct } from 'constructs';

import { StreamFunction, type StreamFunctionProps } from '../../constructs/stream-function.ts';
import type { HistoryTable, LatestTable } from './sensor-tables.ts';
import { grantTableKey } from './table-key.ts';

export interface SensorStateWriterProps
  extends Omit<StreamFunctionProps, 'functionName' | 'environment' | 'toleratedOutage' | 'sharedLimits'> {
  readonly latest: LatestTable;
  readonly history: HistoryTable;
  /** How long the history keeps a reading. */
  readonly historyDays: number;
  /** The address of the API, path included. */
  readonly graphqlUrl: string;
  /** The field of the mutation, as IAM names it. */
  readonly publishReadingArn: string;
}

/** The crate of the writer. */
export const WRITER = 'sensor-state-writer';

/** The most days that the writer takes. */
export const MAX_HISTORY_DAYS = 36_500;

/**
 * Of each sensor only the newest reading of a batch is written to the latest state and told to subscribers: the larger
 * the batch, the fewer writes and mutations. Should it be more than the 6 MB of an invocation, Lambda takes fewer.
 */
const BATCH_SIZE = 5_000;

/** The function `sensor-state-writer`: readings on the stream -> both tables, and the subscribers. */
export class SensorStateWriter extends StreamFunction {
  constructor(scope: Construct, id: string, props: SensorStateWriterProps) {
    const { latest, history, historyDays } = props;
    if (!Number.isInteger(historyDays) || historyDays < 1 || historyDays > MAX_HISTORY_DAYS) {
      throw new Error(`historyDays is ${historyDays}, not a whole number from 1 to ${MAX_HISTORY_DAYS}`);
    }
    super(scope, id, {
      ...props,
      functionName: WRITER,
      batchSize: props.batchSize ?? BATCH_SIZE,
      environment: {
        LATEST_TABLE: latest.tableName,
        HISTORY_TABLE: history.tableName,
        HISTORY_DAYS: String(historyDays),
        GRAPHQL_URL: props.graphqlUrl,
      },
    });
    this.allow(['dynamodb:PutItem'], [latest.tableArn]);
    this.allow(['dynamodb:BatchWriteItem'], [history.tableArn]);
    this.allow(['appsync:GraphQL'], [props.publishReadingArn]);
    grantTableKey(this.role, props.encryptionKey);
  }
}
