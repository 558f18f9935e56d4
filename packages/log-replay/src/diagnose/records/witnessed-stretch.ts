/** How far a gap may be above the usual one before it counts as a jump to older records. */
const jump = 50;
const smallestJump = 64;

/**
 * Where the records begin to speak of a partition, from the offsets that their beginning names. Not simply the smallest: a
 * redelivered event from long ago would make everything behind it look missed. From the largest downwards, as long as the
 * offsets stay as dense as they mostly are.
 * @param offsets of one partition among the first records, in any order; not empty
 */
export function firstWitnessed(offsets: readonly number[]): number {
  const sorted = [...new Set(offsets)].sort((a, b) => b - a);
  const gaps = sorted.slice(1).map((offset, index) => (sorted[index] as number) - offset);
  const usual = [...gaps].sort((a, b) => a - b)[gaps.length >> 1] ?? 1;
  const limit = Math.max(smallestJump, jump * usual);
  let first = sorted[0] as number;
  for (const offset of sorted.slice(1)) {
    if (first - offset > limit) break;
    first = offset;
  }
  return first;
}
