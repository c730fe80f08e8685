import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';

/** The versioned SQL that the migrator applies. */
export const MIGRATIONS = path.resolve(import.meta.dirname, '../../../crates/generative-bi/warehouse-migrator/sql');

/** Changes when a file of the folder comes, goes, or changes: what makes CloudFormation call the migrator. */
export function migrationDigest(folder: string): string {
  const digest = createHash('sha256');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.sql')).sort()) {
    const content = readFileSync(path.join(folder, file));
    digest.update(`${file}\0${content.length}\0`).update(content);
  }
  return digest.digest('hex');
}
