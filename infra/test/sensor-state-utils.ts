// Stands for `@aws-appsync/utils`, which AppSync has inside. It does what the documentation says of what the resolvers call,
// and is stricter where the documentation is silent.
// https://docs.aws.amazon.com/appsync/latest/devguide/built-in-util-js.html

export class ResolverError extends Error {
  constructor(message: string, readonly type: string | undefined) {
    super(message);
  }
}

const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}[+-]\d{2}:\d{2}$/;

export const util = {
  error(message: string, type?: string): never {
    throw new ResolverError(message, type);
  },
  matches: (pattern: string, text: string) => new RegExp(`^(?:${pattern})$`).test(text),
  base64Encode: (text: string) => Buffer.from(text).toString('base64'),
  base64Decode: (text: string) => Buffer.from(text, 'base64').toString(),
  dynamodb: {
    toMapValues: (values: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, attribute(value)])),
  },
  time: {
    parseISO8601ToEpochMilliSeconds(time: string): number {
      const millis = Date.parse(time);
      if (!ISO_8601.test(time) || Number.isNaN(millis)) throw new Error(`${time} is not as in the documentation`);
      return millis;
    },
    epochMilliSecondsToFormatted(millis: number, pattern: string): string {
      if (pattern !== 'yyyy-MM-dd HH:mm:ss') throw new Error(`${pattern} is not known here`);
      const [date = '', time = ''] = new Date(millis).toISOString().split('T');
      return `${date} ${time.slice(0, 'HH:mm:ss'.length)}`;
    },
  },
};

function attribute(value: unknown): object {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  throw new Error(`${typeof value} is not known here`);
}
