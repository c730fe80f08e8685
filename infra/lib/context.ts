import type { Node } from 'constructs';

/** Context values, which are text when they come from the command line, and what is wrong with them. */
export class Context {
  private readonly problems: string[] = [];

  constructor(private readonly node: Node) {}

  text(name: string): string | undefined {
    const value: unknown = this.node.tryGetContext(name);
    return value === undefined || value === '' ? undefined : String(value);
  }

  flag(name: string): boolean {
    const value = this.text(name) ?? 'false';
    if (value !== 'true' && value !== 'false') this.problem(name, `is '${value}', not true or false`);
    return value === 'true';
  }

  positive(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!Number.isFinite(number) || number <= 0) this.problem(name, `is '${value}', not a number above 0`);
    return number;
  }

  /** A whole number above 0. */
  count(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!Number.isSafeInteger(number) || number <= 0) this.problem(name, `is '${value}', not a whole number above 0`);
    return number;
  }

  /** JSON: as text from the command line, or as it stands in `cdk.json`. */
  json(name: string): unknown {
    const value: unknown = this.node.tryGetContext(name);
    if (value === undefined || value === '') return undefined;
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value);
    } catch {
      this.problem(name, 'is not JSON');
      return undefined;
    }
  }

  /**
   * JSON as it was written, for a reader of more digits than a float keeps. From `cdk.json` it comes read already: what a
   * float may have bent is refused.
   */
  jsonText(name: string): string | undefined {
    const value: unknown = this.node.tryGetContext(name);
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string') return value;
    return JSON.stringify(value, (_, part: unknown) => {
      if (typeof part === 'number' && !isExact(part)) {
        this.problem(name, `has ${part}, of more digits than cdk.json keeps: give all of it as text there, '{"name":[…]}'`);
      }
      return part;
    });
  }

  missing(name: string): string {
    this.problem(name, `is missing: pass -c ${name}=…`);
    return '';
  }

  problem(name: string, what: string): void {
    this.problems.push(`context ${name} ${what}`);
  }

  throwProblems(): void {
    if (this.problems.length > 0) throw new Error(this.problems.join('\n'));
  }
}

/** Every decimal of up to 15 digits comes back from a float as it was. */
function isExact(number: number): boolean {
  return Number.isFinite(number) && number.toExponential().replace(/e.*$|\D/g, '').length <= 15;
}
