import { Construct } from 'constructs';

import type { StreamFunctionProps } from '../../constructs/stream-function.ts';
import { NotificationAlarm } from './notification-alarm.ts';
import { Operators } from './operators.ts';
import { ReadingApi } from './reading-api.ts';
import { ReadingApiAlarms } from './reading-api-alarms.ts';
import { SensorStateWriter } from './sensor-state-writer.ts';
import { BY_SITE, HistoryTable, LatestTable } from './sensor-tables.ts';
import { TableAlarms } from './table-alarms.ts';

export interface SensorStateProps
  extends Omit<StreamFunctionProps, 'functionName' | 'environment' | 'toleratedOutage' | 'sharedLimits'> {
  /** How long the history keeps a reading. */
  readonly historyDays: number;
  /** A user pool that is there already, with clients of its own. Without it, one is made. */
  readonly userPoolArn?: string;
  readonly localCloud: boolean;
  /** Where the local cloud answers. */
  readonly localEndpoint?: string;
}

/**
 * Each sensor's latest state and its history: the stream -> `sensor-state-writer` -> two DynamoDB tables -> a GraphQL API,
 * which also tells its subscribers of each new state.
 */
export class SensorState extends Construct {
  readonly latest: LatestTable;
  readonly history: HistoryTable;
  readonly operators: Operators;
  readonly readings: ReadingApi;
  readonly writer: SensorStateWriter;

  constructor(scope: Construct, id: string, private readonly props: SensorStateProps) {
    super(scope, id);
    const { encryptionKey } = props;
    this.latest = new LatestTable(this, 'Latest', encryptionKey);
    this.history = new HistoryTable(this, 'History', encryptionKey);
    this.operators = new Operators(this, 'Operators', props.userPoolArn);
    const { latest, history, operators } = this;
    this.readings = new ReadingApi(this, 'Readings', {
      latest,
      history,
      operators,
      encryptionKey,
      localEndpoint: this.localEndpoint,
    });
    this.writer = new SensorStateWriter(this, 'Writer', {
      ...props,
      latest,
      history,
      graphqlUrl: this.graphqlUrl,
      publishReadingArn: this.readings.publishReadingArn,
    });
    this.watch();
  }

  /** What a stack says of it. */
  get outputs(): Readonly<Record<string, string | undefined>> {
    return {
      StateDeadLetterBucketName: this.writer.deadLetters.bucketName,
      StateOnFailureBucketName: this.writer.onFailure.bucketName,
      LatestTableName: this.latest.tableName,
      HistoryTableName: this.history.tableName,
      SensorStateWriterFunctionName: this.writer.function.functionName,
      GraphqlUrl: this.graphqlUrl,
      GraphqlApiId: this.readings.api.attrApiId,
      UserPoolId: this.operators.userPool.userPoolId,
      UserPoolClientId: this.operators.client?.userPoolClientId,
    };
  }

  /** The emulator answers for every API at its one endpoint, and names an address of AWS in the API's attribute. */
  private get graphqlUrl(): string {
    const { attrApiId, attrGraphQlUrl } = this.readings.api;
    const { localEndpoint } = this;
    return localEndpoint === undefined ? attrGraphQlUrl : `${localEndpoint}/v1/apis/${attrApiId}/graphql`;
  }

  private get localEndpoint(): string | undefined {
    return this.props.localCloud ? this.props.localEndpoint : undefined;
  }

  private watch(): void {
    const actions = this.props.alarmActions ?? [];
    const latest = { TableName: this.latest.tableName };
    new TableAlarms(this, 'LatestAlarms', latest, actions, ['PutItem', 'GetItem', 'Query']);
    new TableAlarms(this, 'BySiteAlarms', { ...latest, GlobalSecondaryIndexName: BY_SITE }, actions);
    const history = { TableName: this.history.tableName };
    new TableAlarms(this, 'HistoryAlarms', history, actions, ['BatchWriteItem', 'Query']);
    new ReadingApiAlarms(this, 'ApiAlarms', this.readings.api.attrApiId, actions);
    new NotificationAlarm(this, 'NotificationAlarm', this.writer.function.logGroup, actions);
  }
}
