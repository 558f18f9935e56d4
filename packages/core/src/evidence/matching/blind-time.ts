/** A stretch of time of which events may be unknown, in milliseconds; both ends belong to it. */
export interface BlindTime {
  readonly from: number;
  readonly until: number;
}

/** The same stretches in rising order, disjoint. */
export function joinTimes(times: readonly BlindTime[]): readonly BlindTime[] {
  const result: BlindTime[] = [];
  for (const time of [...times].sort((a, b) => a.from - b.from)) addTime(result, time);
  return result;
}

/** Stretches that follow each other without a gap are one: many damaged events in a row take no memory. */
export function addTime(times: BlindTime[], time: BlindTime): void {
  const before = times.at(-1);
  if (before === undefined || before.until < time.from || time.from < before.from) times.push(time);
  else if (before.until < time.until) times[times.length - 1] = { from: before.from, until: time.until };
}

/** Whether one of the stretches, which rise and are disjoint, has a moment in common with this one. */
export function touchesTime(times: readonly BlindTime[], { from, until }: BlindTime): boolean {
  // The first that ends behind the beginning is the one that may matter.
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle]?.until ?? Infinity) < from) low = middle + 1;
    else high = middle;
  }
  return (times[low]?.from ?? Infinity) <= until;
}
