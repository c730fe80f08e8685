import { readFileSync } from 'node:fs';
import * as path from 'node:path';

const RESOLVERS = path.join(import.meta.dirname, 'resolvers');
const LOCAL_TABLE = path.join(import.meta.dirname, 'local/table.js');

/** https://docs.aws.amazon.com/general/latest/gr/appsync.html */
export const MAX_CODE_LENGTH = 32_000;

const UTILITIES = "import { util } from '@aws-appsync/utils';\n";

/** `import { … } from './name.js';`, a line of its own. */
const SIBLING_IMPORT = /^import \{[^}]*\} from '\.\/(\w+)\.js';\n/gm;

/**
 * The code of a field's resolver, of the file in `resolvers/` that is called as the field. AppSync takes one file, so what
 * it imports of its siblings is put before it, each once, without a bundler.
 */
export function resolverCode(field: string): string {
  const code = `${UTILITIES}${withSiblings(field, new Set())}`;
  if (code.length > MAX_CODE_LENGTH) {
    throw new Error(`the resolver of ${field} has ${code.length} characters, but AppSync takes ${MAX_CODE_LENGTH}`);
  }
  return code;
}

/**
 * The same for the local cloud, where the field's request goes to DynamoDB over HTTP: the emulator's own way passes over
 * most of a query. `table` is the API's environment variable with the table's name.
 */
export function localResolverCode(field: string, table: string): string {
  const asked = withSiblings(field, new Set())
    .replace(/^export function request\(/m, 'function tableRequest(')
    .replace(/^export function response\(/m, 'function tableResponse(');
  const way = local(readFileSync(LOCAL_TABLE, 'utf8').replace(UTILITIES, ''));
  return `${UTILITIES}${asked}${way}
export function request(ctx) {
  return call('${table}', tableRequest(ctx), ctx);
}

export function response(ctx) {
  return tableResponse(answeredOverHttp(ctx));
}
`;
}

function withSiblings(name: string, seen: Set<string>): string {
  if (seen.has(name)) return '';
  seen.add(name);
  const source = readFileSync(path.join(RESOLVERS, `${name}.js`), 'utf8').replace(UTILITIES, '');
  const siblings = [...source.matchAll(SIBLING_IMPORT)].map(([, sibling = '']) => local(withSiblings(sibling, seen)));
  return [...siblings, source.replace(SIBLING_IMPORT, '')].join('');
}

/** Only `request` and `response` of the field itself are exported. */
function local(code: string): string {
  return code.replace(/^export /gm, '');
}
