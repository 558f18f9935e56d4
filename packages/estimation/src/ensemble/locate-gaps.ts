import { lostOf, partitionKey, type PartitionCover, type PartitionWalk, type ReplayGap } from '@eventmend/core/engine';

/** In milliseconds since 1970. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** Lost events of a partition, and when they must have happened. */
export interface LocatedGap extends TimeSpan {
  /** Name of the partition, unambiguous. */
  readonly partition: string;
  readonly offsets: ReplayGap;
  /** How many events it holds, as many as the offsets of the partition that is known do. */
  readonly events: number;
  /** Known events follow in the partition. */
  readonly isBounded: boolean;
}

/** What a walk through a partition shows of the times around its lost stretches. */
export interface PartitionTimes {
  /** Of the first and the last known event; null for a partition without any. */
  readonly known: TimeSpan | null;
  /** By lost stretch: the times of the known events right before and right behind it; null where there is none. */
  readonly around: readonly {
    readonly lost: ReplayGap;
    readonly before: number | null;
    readonly behind: number | null;
  }[];
  /** Known events over the offsets among which they stand. */
  readonly density: number;
}

/** Walks through all that is known of a partition. */
export async function readTimes(walk: PartitionWalk, lost: readonly ReplayGap[]): Promise<PartitionTimes> {
  const around = lost.map((stretch) => ({
    lost: stretch,
    before: null as number | null,
    behind: null as number | null,
  }));
  let [events, first, last] = [0, NaN, NaN];
  let next = 0;
  for (let event = walk.current; event !== null; event = walk.current) {
    const { offset, now } = event;
    while (next < around.length && around[next]!.lost.to <= offset) {
      around[next]!.before = events === 0 ? null : last;
      around[next]!.behind = now;
      next++;
    }
    if (Number.isFinite(now)) {
      if (events === 0) first = now;
      last = now;
      events++;
    }
    const reading = walk.advance();
    if (reading !== undefined) await reading;
  }
  for (const stretch of around.slice(next)) stretch.before = events === 0 ? null : last;
  const { start, end } = walk.partition;
  const known = end - start - lost.reduce((sum, { from, to }) => sum + to - from, 0);
  return {
    known: events === 0 ? null : { from: first, to: last },
    around,
    density: known > 0 ? Math.min(1, events / known) : 1,
  };
}

/** Lost stretches of everything that a partition ever had, by the name of the partition. */
export function lostByPartition(cover: readonly PartitionCover[]): ReadonlyMap<string, readonly ReplayGap[]> {
  const lost = new Map<string, ReplayGap[]>(cover.map(({ partition }) => [partitionKey(partition), []]));
  for (const gap of lostOf(cover)) lost.get(partitionKey(gap))?.push(gap);
  return lost;
}

/** What is known about the edges of time where no event tells. */
export interface OuterTimes {
  /** When the state was taken that the estimate begins with; null where nobody knows. */
  readonly baseline: number | null;
  /** When the last thing happened that anybody knows of. */
  readonly end: number;
}

export interface LocatedGaps {
  readonly gaps: readonly LocatedGap[];
  /** Times of a partition in which something may be missing. */
  readonly unknown: ReadonlyMap<string, readonly TimeSpan[]>;
  /** Lost stretches that no time can be given. */
  readonly unplaced: readonly ReplayGap[];
}

/**
 * Puts the lost stretches behind the baseline on the line of time: between the known events right before and right behind them, not
 * before the baseline was taken and not behind the end.
 */
export function locateGaps(
  wanted: readonly ReplayGap[],
  times: ReadonlyMap<string, PartitionTimes>,
  outer: OuterTimes,
): LocatedGaps {
  const gaps: LocatedGap[] = [];
  const unplaced: ReplayGap[] = [];
  for (const gap of wanted) {
    const partition = partitionKey(gap);
    const { around = [], density = 1 } = times.get(partition) ?? {};
    // The stretch may have begun before the baseline.
    const stretch = around.find(({ lost }) => lost.from <= gap.from && gap.to <= lost.to);
    const isCut = stretch !== undefined && stretch.lost.from < gap.from;
    const before = isCut ? null : (stretch?.before ?? null);
    const from = before === null ? outer.baseline : Math.max(before, outer.baseline ?? before);
    const behind = stretch?.behind ?? null;
    const to = behind ?? outer.end;
    // How long a stretch at the end took, nobody can tell from the events in front of it.
    if (from === null || !(from < to || (from === to && behind !== null))) unplaced.push(gap);
    else {
      const events = Math.round((gap.to - gap.from) * density);
      gaps.push({ partition, offsets: gap, from, to, events, isBounded: behind !== null });
    }
  }
  const unknown = new Map(
    [...times].map(([partition, { around }]) => [
      partition,
      around.map(({ before, behind }) => ({ from: before ?? -Infinity, to: behind ?? Infinity })),
    ]),
  );
  return { gaps, unknown, unplaced };
}
