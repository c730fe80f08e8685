import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { readIotInferenceConfiguration } from '../lib/iot-inference/configuration.ts';
import { app, IOT_BARE, IOT_LOCAL, IOT_ON_AWS, iotInference, Synthesised } from './synthesis.ts';

function read(context: Record<string, unknown>) {
  return readIotInferenceConfiguration(app(context).node);
}

describe('the configuration of IoT inference', () => {
  test('is what the context says', () => {
    const { archiveSource, historyDays, siteWise, preProvisioningHookArn, localEndpoint } = read(IOT_ON_AWS);
    assert.deepEqual({ archiveSource, historyDays, siteWise }, { archiveSource: 'writer', historyDays: 90, siteWise: true });
    assert.equal(preProvisioningHookArn, IOT_ON_AWS.preProvisioningHookArn);
    assert.equal(localEndpoint, undefined);
    assert.equal(read(IOT_BARE).userPoolArn, IOT_BARE.iotUserPoolArn);
    assert.equal(read(IOT_LOCAL).localEndpoint, 'http://127.0.0.1:4566');
  });

  test('has a default for all that an account may leave out', () => {
    const { archiveSource, historyDays, siteWise, userPoolArn, preProvisioningHookArn } = read({});
    assert.deepEqual(
      { archiveSource, historyDays, siteWise, userPoolArn, preProvisioningHookArn },
      {
        archiveSource: 'writer',
        historyDays: 30,
        siteWise: false,
        userPoolArn: undefined,
        preProvisioningHookArn: undefined,
      },
    );
  });

  test('lists everything that is wrong at once', () => {
    const wrong = {
      archiveSource: 'both',
      historyDays: '36501',
      siteWise: 'perhaps',
      iotUserPoolArn: 'us-east-1_AbCdEfGhI',
      preProvisioningHookArn: 'known-devices',
      localEndpoint: 'http://127.0.0.1:4566',
    };
    assert.throws(
      () => read(wrong),
      ({ message }: Error) => {
        assert.deepEqual(message.split('\n'), [
          "context archiveSource is 'both', not writer or stream",
          "context historyDays is '36501', not 1 to 36500",
          "context iotUserPoolArn is 'us-east-1_AbCdEfGhI', not the ARN of a user pool",
          "context preProvisioningHookArn is 'known-devices', not the ARN of a function",
          "context siteWise is 'perhaps', not true or false",
          'context localEndpoint is given, but localCloud is not true',
        ]);
        return true;
      },
    );
    assert.throws(() => read({ localCloud: 'true' }), /context localEndpoint is missing/);
    assert.throws(() => read({ ...IOT_LOCAL, localEndpoint: 'https://example.com/' }), /not like http:\/\/127.0.0.1:4566/);
  });

  test('takes the most days, and reaches the function', () => {
    const template = new Synthesised(iotInference({ ...IOT_ON_AWS, historyDays: '36500' }));
    const { Variables } = template.lambda('sensor-state-writer').Properties['Environment'];
    assert.equal(Variables.HISTORY_DAYS, '36500');
  });
});
