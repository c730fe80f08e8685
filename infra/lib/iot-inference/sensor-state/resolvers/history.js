import { util } from '@aws-appsync/utils';
import { deviceName, name, pageSize, refuse } from './arguments.js';
import { firstKey, lastKey } from './moments.js';
import { page } from './readings.js';

export function request(ctx) {
  const { deviceId, sensorId, newestFirst, limit, nextToken } = ctx.args;
  const sensor = `${deviceName('deviceId', deviceId)}#${name('sensorId', sensorId)}`;
  const first = firstKey('from', ctx.args.from);
  const last = lastKey('to', ctx.args.to);
  if (first > last) {
    refuse('from', 'must not be after to');
  }
  return {
    operation: 'Query',
    query: {
      expression: '#sensor = :sensor AND #at BETWEEN :first AND :last',
      expressionNames: { '#sensor': 'sensor', '#at': 'at' },
      expressionValues: util.dynamodb.toMapValues({ ':sensor': sensor, ':first': first, ':last': last }),
    },
    scanIndexForward: !newestFirst,
    limit: pageSize(limit, 1000),
    nextToken,
  };
}

export function response(ctx) {
  return page(ctx);
}
