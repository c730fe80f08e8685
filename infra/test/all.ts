// Runs every test file in this one process. In a process of its own, each would load the CDK again, which takes longer
// than its tests. One file alone: node --import tsx --test test/NAME.test.ts
import { readdirSync } from 'node:fs';

for (const file of readdirSync(import.meta.dirname).sort()) {
  if (file.endsWith('.test.ts')) await import(`./${file}`);
}
