// Prints the SQL that the app itself contains, as JSON of names and texts, for whoever parses it (tests/sql/check.py):
//
//     cd infra && node --import tsx bin/print-sql.ts
//
// It loads no CDK, and nothing whose types cannot be left out: a Node that strips types runs it as it is.
import { regionRulesSql } from '../lib/generative-bi/region-rules.ts';
import { ORDER_LINES_SQL } from '../lib/generative-bi/star.ts';
import { CALLS } from '../lib/generative-bi/warehouse-calls.ts';

/** Both kinds of readers, and both kinds of rules. */
const RULES = {
  'arn:aws:quicksight:us-east-1:111122223333:user/default/admin': ['*'],
  'arn:aws:quicksight:us-east-1:111122223333:group/default/sales': ['Europe', 'North America'],
};

const texts: Record<string, string> = { order_lines: ORDER_LINES_SQL, region_rules: regionRulesSql(RULES) };
for (const { name, sql } of CALLS) texts[name] = sql;
process.stdout.write(`${JSON.stringify(texts, undefined, 2)}\n`);
