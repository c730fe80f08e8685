import type { RegionRules } from './dashboard-configuration.ts';
import type { Columns } from './star.ts';

/**
 * The columns that QuickSight looks for in a data set of rules, and the one that the rules are about.
 * https://docs.aws.amazon.com/quicksight/latest/user/restrict-access-to-a-data-set-using-row-level-security.html
 */
export const REGION_RULE_COLUMNS = { UserARN: 'text', GroupARN: 'text', region: 'text' } as const satisfies Columns;

/** The rules as rows of constants, a row for each user or group: regions with commas between, NULL for all. */
export function regionRulesSql(rules: RegionRules): string {
  const rows = Object.entries(rules).map(([arn, regions]) => {
    const group = arn.includes(':group/');
    const user = text(group ? undefined : arn);
    const region = text(regions.includes('*') ? undefined : regions.join(','));
    return `SELECT ${user} AS "UserARN", ${text(group ? arn : undefined)} AS "GroupARN", ${region} AS region`;
  });
  return rows.join(' UNION ALL ');
}

/** The configuration refused what would end the quotes. */
function text(value: string | undefined): string {
  return `CAST(${value === undefined ? 'NULL' : `'${value}'`} AS VARCHAR(2048))`;
}
