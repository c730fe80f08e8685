import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';

import { INFRA, ON_AWS, recommendations, Synthesised } from './synthesis.ts';

const template = new Synthesised(recommendations());
const alarms = template.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
const id = (name: string) => ({ Ref: template.idOf(template.lambda(name)) });
const OF_FORWARDER = { FunctionName: id('put-events-forwarder') };
const OF_SESSIONS = { FunctionName: id('session-authorizer') };
const OF_RECOMMENDATIONS = { FunctionName: id('recommendation-api') };
const OF_MAPPING = { EventSourceMappingUUID: { Ref: template.idOf(template.only('AWS::Lambda::EventSourceMapping')) } };
const OF_STREAM = { StreamName: { Ref: template.idOf(template.only('AWS::Kinesis::Stream')) } };
const FORWARDER = { ServiceName: 'put-events-forwarder', ...OF_FORWARDER };
const RECOMMENDATIONS = { ServiceName: 'recommendation-api', ...OF_RECOMMENDATIONS };
const STAGES = ['collector', 'recommendation-api'].map((name) => ({
  ApiName: template.api(name).restApi.Properties['Name'],
  Stage: template.api(name).stage['StageName'],
}));

/** The alarm on a metric with these dimensions. */
function on(metricName: string, wanted: object): Record<string, any> {
  const [alarm, ...others] = alarms.filter(
    (candidate) => candidate['MetricName'] === metricName && isDeepStrictEqual(dimensions(candidate), wanted),
  );
  assert.ok(alarm !== undefined && others.length === 0, `one alarm on ${metricName} is expected`);
  return alarm;
}

/** The dimensions of an alarm's metric, by name. */
function dimensions({ Dimensions = [] }: Record<string, any>): Record<string, unknown> {
  return Object.fromEntries(Dimensions.map(({ Name, Value }: any) => [Name, Value]));
}

/** The metrics that an alarm is on: its own, or those of its expression. */
function metricsOf(alarm: Record<string, any>): Record<string, any>[] {
  const { Metrics = [] } = alarm;
  if (Metrics.length === 0) return [alarm];
  return Metrics.flatMap(({ MetricStat }: any) => (MetricStat === undefined ? [] : [MetricStat.Metric]));
}

describe('an alarm rings for', () => {
  test('records that wait for more than five minutes', () => {
    const alarm = on('IteratorAge', OF_FORWARDER);
    assert.equal(alarm['Statistic'], 'Maximum');
    assert.equal(alarm['Threshold'], 5 * 60 * 1000);
  });

  const ringsAtFirst: [string, string, string, object, number][] = [
    ['a record that the forwarder rejected', 'KinesisAiPatterns', 'RecordsRejected', FORWARDER, 1],
    ['a lane that panicked', 'KinesisAiPatterns', 'LanePanics', FORWARDER, 1],
    ['a record that Lambda gave up', 'AWS/Lambda', 'DroppedEventCount', OF_MAPPING, 1],
    ['a batch in the on-failure bucket', 'AWS/Lambda', 'OnFailureDestinationDeliveredEventCount', OF_MAPPING, 1],
    ['a batch that did not reach the on-failure bucket', 'AWS/Lambda', 'DestinationDeliveryFailures', OF_FORWARDER, 1],
    ['an invocation of the forwarder that failed', 'AWS/Lambda', 'Errors', OF_FORWARDER, 1],
    ['throttled invocations of the forwarder', 'AWS/Lambda', 'Throttles', OF_FORWARDER, 5],
    ['records that shards refuse', 'AWS/Kinesis', 'WriteProvisionedThroughputExceeded', OF_STREAM, 3],
    ['an invocation of the recommendation API that failed', 'AWS/Lambda', 'Errors', OF_RECOMMENDATIONS, 1],
    ['throttled invocations of the recommendation API', 'AWS/Lambda', 'Throttles', OF_RECOMMENDATIONS, 1],
    ['throttled invocations of the authorizer', 'AWS/Lambda', 'Throttles', OF_SESSIONS, 1],
    ['an open breaker', 'KinesisAiPatterns', 'BreakerOpened', RECOMMENDATIONS, 1],
    ['a campaign that is throttled for minutes', 'KinesisAiPatterns', 'Throttled', RECOMMENDATIONS, 5],
  ];
  for (const [what, namespace, metricName, expected, minutes] of ringsAtFirst) {
    test(what, () => {
      const alarm = on(metricName, expected);
      assert.equal(alarm['Namespace'], namespace);
      assert.equal(alarm['Statistic'], 'Sum');
      assert.equal(alarm['Threshold'], 1);
      assert.equal(alarm['EvaluationPeriods'], minutes);
      assert.equal(alarm['ComparisonOperator'], 'GreaterThanOrEqualToThreshold');
    });
  }

  for (const stage of STAGES) {
    test(`one 5xx in 100 answers of ${stage.ApiName}`, () => {
      const alarm = on('5XXError', stage);
      assert.equal(alarm['Namespace'], 'AWS/ApiGateway');
      assert.equal(alarm['Statistic'], 'Average');
      assert.equal(alarm['Threshold'], 0.01);
    });

    test(`one in 100 callers of ${stage.ApiName} that waits for a second`, () => {
      const alarm = on('Latency', stage);
      assert.equal(alarm['Namespace'], 'AWS/ApiGateway');
      assert.equal(alarm['ExtendedStatistic'], 'p99');
      assert.equal(alarm['Threshold'], 1000);
    });
  }

  test('popular items that are an hour old', () => {
    const alarm = on('PopularAge', RECOMMENDATIONS);
    assert.equal(alarm['Statistic'], 'Maximum');
    assert.equal(alarm['Threshold'], 3600);
  });

  test('five fallbacks in 100 answers', () => {
    const [alarm, ...others] = alarms.filter(({ Metrics }) => Metrics !== undefined);
    assert.ok(alarm !== undefined && others.length === 0);
    const [expression, ...metrics] = alarm['Metrics'];
    assert.equal(expression.Expression, '100 * FILL(fallbacks, 0) / requests');
    assert.equal(alarm['Threshold'], 5);
    assert.equal(alarm['EvaluationPeriods'], 3);
    const named = metrics.map(({ Id, MetricStat: { Metric, Stat } }: any) => [Id, Metric.MetricName, Stat]);
    assert.deepEqual(named, [['fallbacks', 'Fallbacks', 'Sum'], ['requests', 'Requests', 'Sum']]);
    for (const metric of metricsOf(alarm)) assert.deepEqual(dimensions(metric), RECOMMENDATIONS);
  });
});

describe('no alarm rings for', () => {
  test('an authorizer that fails: it so answers a bad token', () => {
    const errors = alarms.filter(({ MetricName }) => MetricName === 'Errors').map(dimensions);
    assert.deepEqual(errors, [OF_FORWARDER, OF_RECOMMENDATIONS]);
  });
});

describe('every alarm', () => {
  test('names the dimensions of its metric: without them it could never ring', () => {
    for (const metric of alarms.flatMap(metricsOf)) assert.ok(metric['Dimensions'].length > 0, metric['MetricName']);
  });

  test('tells the topic', () => {
    for (const alarm of alarms) assert.deepEqual(alarm['AlarmActions'], [ON_AWS.alarmTopicArn]);
  });

  test('is quiet while nothing flows', () => {
    for (const alarm of alarms) assert.equal(alarm['TreatMissingData'], 'notBreaching');
  });
});

describe('the metrics that alarms take from the functions', () => {
  const emf = sources('crates/telemetry-emf/src');
  const ours = alarms.flatMap(metricsOf).filter(({ Namespace }) => Namespace === 'KinesisAiPatterns');

  test('are emitted under these names', () => {
    assert.ok(ours.length > 0);
    for (const { MetricName } of ours) assert.ok(emf.includes(`"${MetricName}"`), MetricName);
  });

  test('are emitted with these dimensions', () => {
    const emitted = /const DIMENSIONS\b[^=]*=\s*\[([^\]]*)\]/.exec(emf)?.[1]?.match(/\w+/g);
    assert.ok(emitted !== undefined && emitted !== null);
    for (const metric of ours) assert.deepEqual(Object.keys(dimensions(metric)).sort(), [...emitted].sort());
  });
});

/** The Rust sources of a folder, as one text. */
function sources(folder: string): string {
  const directory = path.join(INFRA, '..', folder);
  return readdirSync(directory)
    .map((file) => readFileSync(path.join(directory, file), 'utf8'))
    .join('\n');
}
