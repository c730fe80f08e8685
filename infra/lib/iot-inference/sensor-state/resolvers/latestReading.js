import { util } from '@aws-appsync/utils';
import { deviceName, name } from './arguments.js';
import { answered, reading } from './readings.js';

export function request(ctx) {
  const { deviceId, sensorId } = ctx.args;
  return {
    operation: 'GetItem',
    key: util.dynamodb.toMapValues({ deviceId: deviceName('deviceId', deviceId), sensorId: name('sensorId', sensorId) }),
    // No older than what a subscriber was told already.
    consistentRead: true,
  };
}

export function response(ctx) {
  const item = answered(ctx);
  return item ? reading(item) : null;
}
