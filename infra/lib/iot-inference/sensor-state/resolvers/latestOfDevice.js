import { util } from '@aws-appsync/utils';
import { deviceName, pageSize } from './arguments.js';
import { page } from './readings.js';

export function request(ctx) {
  const { deviceId, limit, nextToken } = ctx.args;
  return {
    operation: 'Query',
    query: {
      expression: '#deviceId = :deviceId',
      expressionNames: { '#deviceId': 'deviceId' },
      expressionValues: util.dynamodb.toMapValues({ ':deviceId': deviceName('deviceId', deviceId) }),
    },
    // No older than what a subscriber was told already.
    consistentRead: true,
    limit: pageSize(limit, 100),
    nextToken,
  };
}

export function response(ctx) {
  return page(ctx);
}
