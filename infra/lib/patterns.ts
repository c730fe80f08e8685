import type { Node } from 'constructs';

import { Context } from './context.ts';

/** What the app can hold. Each has a configuration of its own, and what one demands the others do not ask for. */
export const PATTERNS = ['recommendations', 'generative-bi', 'iot-inference'] as const;

export type Pattern = (typeof PATTERNS)[number];

/**
 * The patterns that the app holds: those that context `pattern` names, with commas between. Without it there is one:
 * generative BI when `changeCapture` is given, which only it has, else the recommendations.
 */
export function readPatterns(node: Node): readonly Pattern[] {
  const context = new Context(node);
  const given = context.text('pattern');
  if (given === undefined) return [context.text('changeCapture') === undefined ? 'recommendations' : 'generative-bi'];
  const names = given.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!isPattern(name)) context.problem('pattern', `has '${name}', not one of ${PATTERNS.join(', ')}`);
  }
  context.throwProblems();
  return names.filter(isPattern);
}

function isPattern(name: string): name is Pattern {
  return PATTERNS.some((pattern) => pattern === name);
}
