import { util } from '@aws-appsync/utils';
import { name, pageSize } from './arguments.js';
import { page } from './readings.js';

export function request(ctx) {
  const { site, limit, nextToken } = ctx.args;
  return {
    operation: 'Query',
    index: 'bySite',
    query: {
      expression: '#site = :site',
      expressionNames: { '#site': 'site' },
      expressionValues: util.dynamodb.toMapValues({ ':site': name('site', site) }),
    },
    limit: pageSize(limit, 100),
    nextToken,
  };
}

export function response(ctx) {
  return page(ctx);
}
