// The emulator's data source for DynamoDB passes over a query's condition, index, limit and token, so on the local cloud a
// resolver's request goes over HTTP to the emulator's DynamoDB, which does not. Node runs this, so it may be any JavaScript.

import { util } from '@aws-appsync/utils';

/** The request of a resolver as a call of DynamoDB's API. */
export function call(table, request, ctx) {
  const { operation, key, query, index, limit, nextToken, consistentRead, scanIndexForward } = request;
  const body = {
    TableName: ctx.env[table],
    IndexName: index,
    Key: key,
    KeyConditionExpression: query?.expression,
    ExpressionAttributeNames: query?.expressionNames,
    ExpressionAttributeValues: query?.expressionValues,
    Limit: limit,
    ExclusiveStartKey: nextToken ? startKey(nextToken) : undefined,
    ConsistentRead: consistentRead,
    ScanIndexForward: scanIndexForward,
  };
  return { method: 'POST', resourcePath: '/', params: { headers: headers(operation, ctx), body: JSON.stringify(body) } };
}

/** The context of a resolver's response, made of what DynamoDB answered. */
export function answeredOverHttp(ctx) {
  const { statusCode, body } = ctx.result;
  const answer = JSON.parse(body);
  if (statusCode !== 200) {
    const type = `DynamoDB:${String(answer.__type).split('#').at(-1)}`;
    return { ...ctx, result: null, error: { message: String(answer.message ?? answer.Message), type } };
  }
  return { ...ctx, result: answer.Items === undefined ? plainItem(answer.Item) : plainPage(answer) };
}

// The emulator tells accounts and regions by the credential, and checks no signature.
function headers(operation, ctx) {
  const scope = `test/20000101/${ctx.env.REGION}/dynamodb/aws4_request`;
  return {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
  };
}

function plainPage({ Items, LastEvaluatedKey }) {
  const nextToken = LastEvaluatedKey ? util.base64Encode(JSON.stringify(LastEvaluatedKey)) : null;
  return { items: Items.map(plainItem), nextToken };
}

function startKey(nextToken) {
  try {
    return JSON.parse(util.base64Decode(nextToken));
  } catch {
    return util.error('Invalid pagination token given.', 'BadRequestException');
  }
}

/** An item in plain JSON: what a reading has are texts and numbers. */
function plainItem(attributes) {
  if (!attributes) return null;
  const plain = ([name, { S, N }]) => [name, S ?? Number(N)];
  return Object.fromEntries(Object.entries(attributes).map(plain));
}
