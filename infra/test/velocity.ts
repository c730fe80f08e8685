import velocity from 'velocityjs';

/**
 * API Gateway's side of a mapping template, for velocityjs: only what the documentation says, and what it shows by
 * example. Everything else throws, so that a template cannot come to depend on it unseen.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */

/** What the documentation leaves open. A template must be right under each. */
export interface Dialect {
  readonly name: string;
  /** The JSON of a value of the body; `verbatim` is the body itself where the value is all of it. */
  readonly json: (value: unknown, verbatim?: string) => string;
  /** A variable that the authorizer has not set. */
  readonly absent: '' | undefined;
}

export const DIALECTS: readonly Dialect[] = [
  { name: 'compact', json: (value) => JSON.stringify(value), absent: undefined },
  { name: 'verbatim', json: (value, verbatim) => verbatim ?? JSON.stringify(value), absent: '' },
  { name: 'escaping', json: (value) => escaping(JSON.stringify(reversed(value), null, 2)), absent: '' },
];

export interface Rendered {
  readonly text: string;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html */
const TEMPLATE_BYTES = 300 * 1024;
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const FOREACH_ITERATIONS = 1000;

const AUTHORIZER_VARIABLES = ['principalId', 'sessionId', 'userId', 'scope'];

/** The body of the integration's request. */
export function renderRequest(
  template: string,
  body: string,
  authorizer: Readonly<Record<string, string>>,
  dialect: Dialect,
): string {
  const variables = strict('$context.authorizer', AUTHORIZER_VARIABLES, (name) => authorizer[name] ?? dialect.absent);
  return render(template, body, strict('$context', ['authorizer'], () => variables), dialect);
}

/** The client's answer, as far as the template makes it. */
export function renderResponse(template: string, body: string, dialect: Dialect): Rendered {
  const override = new ResponseOverride();
  const text = render(template, body, strict('$context', ['responseOverride'], () => override.variable), dialect);
  return { text, status: override.status, headers: override.headers };
}

function render(template: string, body: string, context: object, dialect: Dialect): string {
  if (Buffer.byteLength(template) > TEMPLATE_BYTES) throw new Error('the template is too large');
  const code = template.replace(/##.*\n/g, '\n');
  refuseUnknownDirectives(code);
  refuseUnknownVariables(code);
  const methods = new Methods(body, dialect);
  // Every call of a method goes to the model: velocityjs would let a template call what JavaScript has.
  const handler = {
    uid: 'API Gateway',
    match: () => true,
    resolve: ({ context: target, property, params }: Call) => methods.call(target, property, params),
  };
  const variables = { input: methods.input, util: methods.util, context };
  return velocity.render(template, variables, {}, { escape: false, customMethodHandlers: [handler] });
}

interface Call {
  readonly context: unknown;
  readonly property: string;
  readonly params: readonly unknown[];
}

/** The methods that a template may call. */
class Methods {
  readonly input = strict('$input', ['json', 'path'], () => undefined);
  readonly util = strict('$util', ['base64Encode', 'escapeJavaScript'], () => undefined);
  private parsed: unknown;

  constructor(
    private readonly body: string,
    private readonly dialect: Dialect,
  ) {}

  call(target: unknown, name: string, parameters: readonly unknown[]): unknown {
    const [first, second] = parameters.map(text);
    if (target === this.input && name === 'json') return this.json(first);
    if (target === this.input && name === 'path') return native(this.at(first));
    if (target === this.util && name === 'base64Encode') return Buffer.from(present(first)).toString('base64');
    if (target === this.util && name === 'escapeJavaScript') return escapeJavaScript(present(first));
    if (typeof target === 'string' && name === 'replaceAll') return replaceAll(target, present(first), second ?? '');
    throw new Error(`${name} is not a documented method of ${typeof target}`);
  }

  private json(path: string | undefined): string {
    return this.dialect.json(this.at(path), path === '$' ? this.body : undefined);
  }

  /** What a JSONPath finds: names and indices, no searching. */
  private at(path: string | undefined): unknown {
    const steps = /^\$((?:\.\w+|\[\d+\])*)$/.exec(present(path))?.[1];
    if (steps === undefined) throw new Error(`the JSONPath ${path} is not modelled`);
    this.parsed ??= JSON.parse(this.body);
    let value: any = this.parsed;
    for (const [step] of steps.matchAll(/\w+/g)) value = value?.[step];
    return value;
  }
}

/** `$context.responseOverride`: each thing can be set once. */
class ResponseOverride {
  status: number | undefined;
  readonly headers: Record<string, string> = {};
  readonly variable: object;

  constructor() {
    const header = strict('header', [], () => undefined, (name, value) => {
      if (name in this.headers) throw new Error(`the header ${name} is set twice: API Gateway answers with a 5XX`);
      this.headers[name] = String(value);
    });
    this.variable = strict('$context.responseOverride', ['header'], () => header, (name, value) => {
      if (name !== 'status' || this.status !== undefined) throw new Error(`${name} is set twice, or not known`);
      this.status = Number(value);
    });
  }
}

/** An object that has these names, and throws at every other. */
function strict(
  of: string,
  names: readonly string[],
  get: (name: string) => unknown,
  set?: (name: string, value: unknown) => void,
): object {
  return new Proxy({}, {
    get(_, name) {
      if (typeof name !== 'string' || !names.includes(name)) throw new Error(`${of} has no ${String(name)}`);
      return get(name);
    },
    set(_, name, value) {
      if (typeof name !== 'string' || set === undefined) throw new Error(`${of} cannot be set`);
      set(name, value);
      return true;
    },
  });
}

function refuseUnknownDirectives(code: string): void {
  for (const [, name] of code.matchAll(/#\{?(\w+)/g)) {
    if (!['set', 'if', 'elseif', 'else', 'end', 'foreach'].includes(name!)) throw new Error(`#${name} is not modelled`);
  }
}

/**
 * A name that nothing sets would stay in the output as it is written. A hyphen is part of a name for Velocity 1 and ends
 * it for Velocity 2; which of them API Gateway runs is not documented.
 */
function refuseUnknownVariables(code: string): void {
  if (/\$!?\{?[\w.]+-\w/.test(code)) throw new Error('a name with a hyphen');
  const known = ['input', 'util', 'context', 'foreach'];
  for (const [, name] of code.matchAll(/#(?:set|foreach)\(\$(\w+)/g)) known.push(name!);
  for (const [, name] of code.matchAll(/\$!?\{?([a-zA-Z]\w*)/g)) {
    if (!known.includes(name!)) throw new Error(`$${name} is set nowhere`);
  }
}

/** As Velocity has it: what is null is not there. */
function native(value: unknown): unknown {
  if (Array.isArray(value)) {
    if (value.length > FOREACH_ITERATIONS) throw new Error(`${value.length} elements, a #foreach takes 1,000`);
    return value.map(native);
  }
  if (value === null || typeof value !== 'object') return value ?? undefined;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, native(member)]));
}

function text(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new Error('only text is modelled as a parameter');
}

/** What the functions do without a text is not documented. escapeJavaScript is seen to make {} of an empty one. */
function present(value: string | undefined): string {
  if (value === undefined || value === '') throw new Error('a function is called without a text');
  return value;
}

/**
 * JavaScript's rules, which are not JSON's: of ' it makes \'.
 * https://commons.apache.org/proper/commons-lang/apidocs/org/apache/commons/lang3/StringEscapeUtils.html
 */
function escapeJavaScript(value: string): string {
  const named: Record<string, string> = { '\b': '\\b', '\n': '\\n', '\t': '\\t', '\f': '\\f', '\r': '\\r' };
  return value.replace(/['"\\/]|[^ -~]/g, (unit) => named[unit] ?? (/[ -~]/.test(unit) ? `\\${unit}` : escaped(unit)));
}

/** Java's, with a regular expression. In its replacement, \ and $ would mean something. */
function replaceAll(value: string, pattern: string, replacement: string): string {
  if (/[\\$]/.test(replacement)) throw new Error('a replacement with \\ or $ is not modelled');
  return value.replace(new RegExp(pattern, 'g'), replacement);
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The same JSON, everything escaped that may be, with white space before it. */
function escaping(json: string): string {
  return `\n\t ${json.replaceAll('/', '\\/').replace(/[^\n -~]/g, escaped)}`;
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([name, member]) => [name, reversed(member)]));
}
