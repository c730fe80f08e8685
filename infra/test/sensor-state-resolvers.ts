import assert from 'node:assert/strict';

import { resolverCode } from '../lib/iot-inference/sensor-state/resolver-code.ts';

/** What `util.error` ends a field with. */
export class FieldError extends Error {
  constructor(message: string, readonly errorType: string) {
    super(message);
  }
}

export interface Resolver {
  request(ctx: Record<string, any>): Record<string, any>;
  response(ctx: Record<string, any>): any;
}

const UTILITIES = "import { util } from '@aws-appsync/utils';\n";

/** A field's resolver as it is deployed, with a stand-in for what AppSync brings along. */
export function load(field: string): Resolver {
  const code = resolverCode(field);
  assert.ok(code.startsWith(UTILITIES));
  const body = code.slice(UTILITIES.length).replace(/^export /gm, '');
  return new Function('util', `'use strict'; ${body}; return { request, response };`)(util);
}

/** As the reference of AppSync describes them, and no more of them than the resolvers need. */
const util = {
  error(message: string, errorType: string): never {
    throw new FieldError(message, errorType);
  },
  matches: (pattern: string, text: string) => new RegExp(pattern).test(text),
  dynamodb: {
    toMapValues: (values: Record<string, string>) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { S: value }])),
  },
  time: {
    parseISO8601ToEpochMilliSeconds(text: string): number {
      // What AppSync makes of other texts is not documented: it gets none.
      assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000[+-]\d\d:\d\d$/);
      return Date.parse(text);
    },
    epochMilliSecondsToFormatted(epochMs: number, format: string): string {
      const [date, rest = ''] = new Date(epochMs).toISOString().split('T');
      const formatted: Record<string, string | undefined> = { 'yyyy-MM-dd': date, 'HH:mm:ss': rest.slice(0, 8) };
      return formatted[format] ?? assert.fail(format);
    },
  },
};
