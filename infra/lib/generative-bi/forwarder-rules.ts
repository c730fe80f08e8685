/**
 * What `dynamodb-stream-forwarder` takes as its configuration. It refuses everything else when it starts, which is when
 * changes wait for it already; with the same rules here, the synthesis fails instead.
 */

/** Paths of attributes with commas between, as its `redaction.rs` reads them. */
export function isListOfPaths(text: string): boolean {
  return text.split(',').every((path) => path.trim().split('.').every((name) => name !== ''));
}

/** A JSON object of attributes, each with the values that pass, as its `filter.rs` reads it. */
export function isItemFilter(text: string): boolean {
  const filter = parse(text);
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) return false;
  const names = Object.keys(filter);
  const listed = names.every(isText) && Object.values(filter).every(isListOfScalars);
  return listed && namesIn(text) === names.length && exponentsIn(text).every(fits);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** No values would let nothing pass, which nobody means; sets, lists and maps match nothing. */
function isListOfScalars(values: unknown): boolean {
  return Array.isArray(values) && values.length > 0 && values.every(isScalar);
}

function isScalar(value: unknown): boolean {
  if (typeof value === 'string') return isText(value);
  return value === null || typeof value === 'number' || typeof value === 'boolean';
}

/** Half of a surrogate pair is no text in Rust. */
function isText(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

const TOKENS = /"(?:[^"\\]|\\.)*"(?<colon>\s*:)?|-?\d[\d.]*(?:[eE](?<exponent>[+-]?\d+))?/g;

/** How many names a flat object has as it is written: a name that is there twice, `JSON.parse` gives back once. */
function namesIn(json: string): number {
  return [...json.matchAll(TOKENS)].filter(({ groups }) => groups?.['colon'] !== undefined).length;
}

function exponentsIn(json: string): number[] {
  const exponents = [...json.matchAll(TOKENS)].map(({ groups }) => groups?.['exponent']);
  return exponents.filter((exponent) => exponent !== undefined).map(Number);
}

/** An exponent has 32 bits. */
function fits(exponent: number): boolean {
  return exponent >= -(2 ** 31) && exponent < 2 ** 31;
}
