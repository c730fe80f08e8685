/**
 * What one environment of a function may use of a limit that all of them share: the limit divided by how many run at
 * once, rounded down.
 *
 * Throws when nothing would be left for each.
 */
export function quotaShare(name: string, limit: number, concurrency: number): number {
  const share = Math.floor(limit / concurrency);
  if (share < 1) {
    throw new Error(
      `${name}: a limit of ${limit} cannot be shared by ${concurrency} environments: ` +
        'lower the number of shards or the parallelization factor, or have the limit raised',
    );
  }
  return share;
}
