import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { MEASURES } from '../lib/iot-inference/site-wise/device-model.ts';
import { INFRA, IOT_BARE, IOT_LOCAL, iotInference, Synthesised } from './synthesis.ts';

const template = new Synthesised(iotInference());
const SCHEMA = path.join(INFRA, '../crates/iot-inference/telemetry/schema/reading.schema.json');

describe('AWS IoT SiteWise', () => {
  test('is there only where it is asked for', () => {
    const without = new Synthesised(iotInference(IOT_BARE));
    assert.deepEqual(without.ofType('AWS::IoTSiteWise::AssetModel'), []);
    assert.equal(without.outputs['DeviceAssetModelId'], undefined);
    assert.throws(() => iotInference({ ...IOT_LOCAL, siteWise: 'true' }), /context siteWise is true, but the local cloud has no/);
  });

  test('has a property for each measure, in the unit that a reading has it in', () => {
    const { AssetModelProperties } = template.only('AWS::IoTSiteWise::AssetModel').Properties;
    const units = AssetModelProperties.map(({ Name, Unit, DataType, Type }: any) => {
      assert.equal(DataType, 'DOUBLE');
      assert.deepEqual(Type, { TypeName: 'Measurement' });
      return [Name, Unit];
    });
    assert.deepEqual(Object.fromEntries(units), MEASURES);
  });

  test('knows the measures and units of the readings’ schema', () => {
    const schema = JSON.parse(readFileSync(SCHEMA, 'utf8'));
    const pairs = schema.oneOf.map(({ properties: { measure, unit } }: any) => [measure.const, unit.const]);
    assert.equal(pairs.length, 8);
    assert.deepEqual(MEASURES, Object.fromEntries(pairs));
  });

  test('gets each reading by its alias, with its time and quality', () => {
    const payload = rule("SELECT * FROM 'telemetry/+/+' WHERE schemaVersion = 1 AND deviceId = topic(3)");
    const [entry] = payload.Actions[0].IotSiteWise.PutAssetPropertyValueEntries;
    assert.equal(entry.PropertyAlias, 'telemetry/${topic(3)}/${sensorId}');
    assert.deepEqual(entry.PropertyValues, [
      {
        Quality: '${upper(quality)}',
        Timestamp: {
          OffsetInNanos:
            '${cast(substring(concat(replace(substring(measuredAt, 20), "Z", ""), "000000000"), 0, 9) AS Int)}',
          TimeInSeconds:
            '${floor(time_to_epoch(concat(substring(measuredAt, 0, 19), "Z"), "yyyy-MM-dd\'T\'HH:mm:ss\'Z\'") / 1000)}',
        },
        Value: { DoubleValue: '${value}' },
      },
    ]);
    assert.match(payload.ErrorAction.S3.Key, /^site-wise\//);
  });

  test('tells of its properties on a stream of their own', () => {
    const found = rules().find(({ Sql }) => typeof Sql !== 'string');
    const [before, model, behind] = found.Sql['Fn::Join'][1];
    assert.equal(before, "SELECT * FROM '$aws/sitewise/asset-models/");
    assert.equal(template.behind(model).Type, 'AWS::IoTSiteWise::AssetModel');
    assert.equal(behind, "/assets/+/properties/+'");
    const { StreamName, PartitionKey } = found.Actions[0].Kinesis;
    assert.equal(PartitionKey, '${topic(6)}');
    assert.equal(template.ofType('AWS::Kinesis::Stream').length, 2);
    assert.deepEqual(template.outputs['SiteWiseUpdateStreamName']?.Value, StreamName);
    assert.notDeepEqual(template.outputs['TelemetryStreamName']?.Value, StreamName);
  });
});

function rules(): any[] {
  return template.ofType('AWS::IoT::TopicRule').map(({ Properties }) => Properties['TopicRulePayload']);
}

function rule(sql: string): any {
  const found = rules().filter(({ Sql }) => Sql === sql);
  assert.equal(found.length, 1, sql);
  return found[0];
}
