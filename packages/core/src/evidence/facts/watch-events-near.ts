import { orderValuesFor } from '../../engine/order/order-values.js';
import { Path } from '../../engine/path/path.js';
import type { SpecPartition } from '../../engine/spec/replay-spec.js';
import { partitionKey } from '../../model/log/partition-id.js';
import type { Position } from '../../model/position/position.js';
import { pagesOf } from '../../sources/log/pages-of.js';
import { KeyScan } from '../../worker/key-scan.js';
import type { BlindTime } from '../matching/blind-time.js';
import type { FactSurroundings, PlacedFact } from './placed-fact.js';

type EventPart = 'before' | 'within' | 'behind';

interface SeenEvent {
  readonly part: EventPart;
  /** Between its own time and that of its place in the order. */
  readonly time: BlindTime;
}

/**
 * Finds the facts that have an event of their key so near that nobody knows which came first, and those that may hold an event
 * from behind the target, or lack one from in front of the baseline.
 * @returns the time of the last event in front of the target as the order has it: one that nothing confirms is not taken for a time
 */
export async function watchEventsNear(
  facts: readonly PlacedFact[],
  {
    survey,
    spec,
    logs,
    worker,
    around,
    slack,
  }: Omit<FactSurroundings, 'range'> & {
    readonly around: { readonly from: Position; readonly to: Position };
  },
  signal?: AbortSignal,
): Promise<number> {
  const byKey = new Map<string, PlacedFact[]>();
  for (const fact of facts) {
    if (fact.place !== 'inside' && fact.place !== 'clear') continue;
    const ofKey = byKey.get(fact.key);
    if (ofKey === undefined) byKey.set(fact.key, [fact]);
    else ofKey.push(fact);
  }
  for (const ofKey of byKey.values()) ofKey.sort((a, b) => a.window.from - b.window.from);
  let latest = -Infinity;
  if (byKey.size === 0) return latest;
  const scan = new KeyScan<SeenEvent>(worker, (scanned) => {
    // One that cannot name its keys may be of any.
    const lists = 'error' in scanned ? byKey.values() : scanned.keys.flatMap((key) => [byKey.get(key) ?? []]);
    for (const list of lists) markNear(list, scanned.note);
  });
  for (const partition of spec.partitions) {
    latest = Math.max(latest, await scanRange(partition, { spec, logs, slack }, scan));
    signal?.throwIfAborted();
  }
  const starts = new Map(around.from.map((part) => [partitionKey(part), part.next]));
  const ends = new Map(around.to.map((part) => [partitionKey(part), part.next]));
  for (const partition of survey.partitions) {
    const key = partitionKey(partition);
    const start = starts.get(key) ?? 0;
    const end = ends.get(key) ?? partition.end;
    // A time that fell stands behind all that were before it.
    let highest = -Infinity;
    for (const { log, holds } of partition.held) {
      const holder = survey.logs[log];
      if (holder === undefined) continue;
      for (const part of ['before', 'behind'] as const) {
        const from = Math.max(holds.range.from, part === 'before' ? 0 : end);
        const to = Math.min(holds.range.to, part === 'before' ? start : Infinity);
        if (from >= to) continue;
        for await (const page of pagesOf(holder.log, { ...partition, from, to })) {
          for (let index = 0; index < page.count; index++) {
            const own = page.timestamps[index] as number;
            if (own > highest) highest = own;
            const time = { from: own, until: highest };
            await scan.ask({ part, time }, page, index, partition, own || -Infinity);
          }
          signal?.throwIfAborted();
        }
      }
    }
  }
  await scan.flush();
  return latest;
}

async function scanRange(
  { id, next, order, target, ranges, standIns }: SpecPartition,
  { spec, logs, slack }: Pick<FactSurroundings, 'spec' | 'logs' | 'slack'>,
  scan: KeyScan<SeenEvent>,
): Promise<number> {
  const read = ranges
    .filter(({ from }) => from < target)
    .map(({ from, to, log, segment }) => ({ from, to, log: log === null ? null : (logs[log] ?? null), segment }));
  const timesConfirmed = standIns === true;
  const path = new Path([{ id, next, order, ranges: read, timesConfirmed }], orderValuesFor(spec.order, null));
  const around = standIns === true ? slack : 0;
  let latest = -Infinity;
  try {
    for (;;) {
      if (path.mustLoad) await path.load();
      const cursor = path.head;
      if (cursor === null || cursor.page === null || (cursor.offsets[cursor.index] as number) >= target) {
        return standIns === true ? -Infinity : latest;
      }
      const own = cursor.page.timestamps[cursor.index] as number;
      const placed = cursor.order[cursor.index] as number;
      if (placed > latest) latest = placed;
      // Without a time of its own it can have been whenever.
      const isTimeless = Number.isNaN(own) || own < 0;
      const time = isTimeless
        ? { from: -Infinity, until: Infinity }
        : { from: Math.min(own, placed) - around, until: Math.max(own, placed) + around };
      const clock = cursor.clock[cursor.index] as number;
      const asking = scan.ask({ part: 'within', time }, cursor.page, cursor.index, id, clock);
      if (asking !== undefined) await asking;
      path.step();
    }
  } finally {
    path.close();
  }
}

/** @param facts of a key, by the beginning of their windows */
function markNear(facts: readonly PlacedFact[], { part, time }: SeenEvent): void {
  const isUnknown = Number.isNaN(time.from) || Number.isNaN(time.until);
  for (const fact of facts) {
    const { window } = fact;
    if (window.from > time.until && part !== 'behind') break;
    if (isUnknown) fact.place = 'doubtful';
    else if (part === 'before' && window.from <= time.until) fact.place = 'doubtful';
    else if (part === 'behind' && window.until >= time.from) fact.place = 'outside';
    else if (part === 'within' && window.from <= time.until && window.until >= time.from) fact.place = 'doubtful';
  }
}
