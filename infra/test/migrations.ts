import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';

/** The versioned SQL that the migrator applies. */
const MIGRATIONS = path.resolve(import.meta.dirname, '../../crates/generative-bi/warehouse-migrator/sql');

/** The texts of its files, in the order in which they are applied. */
export function migrations(): readonly string[] {
  const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith('.sql')).sort();
  return files.map((file) => readFileSync(path.join(MIGRATIONS, file), 'utf8'));
}

/** The columns of a view, by the last SELECT of the newest statement that makes it. */
export function columnsOfView(name: string, files: readonly string[] = migrations()): readonly string[] {
  const view = new RegExp(`\\bCREATE\\s+OR\\s+REPLACE\\s+VIEW\\s+${name.replace('.', '\\.')}\\s+AS\\b([^;]*)`, 'gi');
  const newest = [...files.map(plain).join(';').matchAll(view)].at(-1)?.[1];
  if (newest === undefined) throw new Error(`no migration has CREATE OR REPLACE VIEW ${name}`);
  const list = /^[^]*\bSELECT\b(?:\s+DISTINCT\b)?([^]*?)\bFROM\b/i.exec(withoutParentheses(newest))?.[1];
  if (list === undefined) throw new Error(`the view ${name} has no SELECT … FROM`);
  return list.split(',').map((column) => /(\w+)\s*$/.exec(column)?.[1] ?? `no name: ${column.trim()}`);
}

/** Without comments and the texts of literals, in which anything may stand. */
function plain(sql: string): string {
  return sql.replace(/'(?:[^']|'')*'|--[^\n]*|\/\*[^]*?\*\//g, (part) => (part.startsWith("'") ? "''" : ' '));
}

function withoutParentheses(sql: string): string {
  const shorter = sql.replace(/\([^()]*\)/g, ' ');
  return shorter === sql ? sql : withoutParentheses(shorter);
}
