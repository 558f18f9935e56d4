import type { LogHole } from '../../src/model/log/event-log.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecordColumns } from '../../src/sources/kafka/batches/record-columns.js';
import type { FetchedBatch, FetchedPartition } from '../../src/sources/kafka/cluster/fetched-partition.js';
import { takeBatches } from '../../src/sources/kafka/read/take-batches.js';

/** What a log holds at an offset, as whoever wrote it knows. */
type Fate = 'event' | 'control' | 'aborted' | 'compacted';

interface WrittenLog {
  readonly fates: readonly Fate[];
  readonly batches: readonly FetchedBatch[];
  readonly aborted: readonly { readonly producerId: number; readonly firstOffset: number; readonly end: number }[];
}

const step = fc.record({
  producer: fc.nat(3),
  events: fc.integer({ min: 1, max: 4 }),
  then: fc.constantFrom('go on', 'go on', 'commit', 'abort'),
  /** Which of the records compaction has taken, and whether the batch itself is gone. */
  taken: fc.nat(15),
  gone: fc.nat(6).map((one) => one === 0),
});

/** Producer 0 writes without transactions; the others each in one at a time. All are decided in the end. */
function write(
  steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[],
  compacted: boolean,
): WrittenLog {
  const fates: Fate[] = [];
  const batches: FetchedBatch[] = [];
  const aborted: { producerId: number; firstOffset: number; end: number }[] = [];
  const open = new Map<number, { first: number; places: number[] }>();

  function end(producerId: number, aborts: boolean): void {
    const transaction = open.get(producerId);
    if (transaction === undefined) return;
    open.delete(producerId);
    const at = fates.length;
    if (aborts) {
      aborted.push({ producerId, firstOffset: transaction.first, end: at });
      for (const place of transaction.places) fates[place] = 'aborted';
    }
    fates.push('control');
    batches.push(batchOf(at, [at], { producerId, control: true, aborts }));
  }

  for (const { producer, events, then, taken, gone } of steps) {
    const at = fates.length;
    const all = Array.from({ length: events }, (_, index) => at + index);
    const kept = compacted ? all.filter((_, index) => ((taken >> index) & 1) === 0) : all;
    const transactional = producer !== 0;
    for (const offset of all) fates.push(kept.includes(offset) ? 'event' : 'compacted');
    if (transactional) {
      const transaction = open.get(producer) ?? { first: at, places: [] };
      // An aborted batch is skipped whole, whatever compaction has left of it.
      transaction.places.push(...all);
      open.set(producer, transaction);
    }
    const removed = compacted && gone && !transactional;
    if (removed) for (const offset of all) fates[offset] = 'compacted';
    else batches.push(batchOf(at, kept, { producerId: producer, last: at + events - 1, transactional }));
    if (transactional && then !== 'go on') end(producer, then === 'abort');
  }
  for (const producer of [1, 2, 3]) end(producer, producer === 2);
  return { fates, batches, aborted };
}

function batchOf(
  baseOffset: number,
  kept: readonly number[],
  options: {
    readonly producerId: number;
    readonly last?: number;
    readonly transactional?: boolean;
    readonly control?: boolean;
    readonly aborts?: boolean;
  },
): FetchedBatch {
  const { producerId, last = baseOffset, transactional = true, control = false, aborts = false } = options;
  return {
    baseOffset,
    lastOffset: last,
    transactional,
    control,
    producerId,
    maxTimestamp: 0,
    decode: (columns: RecordColumns, from, to) => {
      for (const offset of kept) if (offset >= from && offset < to) columns.offsets.push(offset);
    },
    endsAborted: () => control && aborts,
  };
}

const logs = fc.tuple(fc.array(step, { minLength: 1, maxLength: 30 }), fc.boolean());

test('every offset is an event or in one hole with its reason, however a range is fetched (property)', () => {
  const seed = Date.now() % 2 ** 31;
  console.log(`batches of random transactions, seed ${seed}`);
  const reads = fc.record({
    from: fc.nat(100),
    to: fc.nat(100),
    sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 }),
  });
  fc.assert(
    fc.property(
      logs,
      reads,
      fc.boolean(),
      fc.nat(),
      ([steps, compacted], { from, to, sizes }, readCommitted, shuffle) => {
        const log = write(steps, compacted);
        const start = Math.min(from, log.fates.length);
        const end = Math.max(start, Math.min(start + to, log.fates.length));
        const events: number[] = [];
        const holes: LogHole[] = [];
        let next = start;
        for (let turn = 0; next < end; turn++) {
          const taken = takeBatches(fetch(log, next, sizes[turn % sizes.length] as number, shuffle + turn), {
            place: { topic: 't', partition: 0 },
            next,
            end,
            readCommitted,
            absent: 'compacted',
          });
          for (const page of taken.pages) events.push(...page.offsets);
          holes.push(...taken.holes);
          if (taken.next === next) {
            // Nothing is left behind: what a reader books as a hole.
            holes.push({ from: next, to: end, reason: 'compacted' });
            next = end;
          } else next = taken.next;
        }
        const seen = new Map<number, string>(events.map((offset) => [offset, 'event']));
        expect(seen.size).toBe(events.length);
        for (const hole of holes) {
          for (let offset = hole.from; offset < hole.to; offset++) {
            expect(seen.has(offset), `offset ${offset} twice`).toBe(false);
            seen.set(offset, hole.reason);
          }
        }
        const wanted = log.fates.slice(start, end).map((fate, index): [number, string] => [start + index, fate]);
        if (readCommitted) expect([...seen].sort(([a], [b]) => a - b)).toEqual(wanted);
        else {
          // Whoever reads everything sees aborted events, as far as compaction has left them.
          expect([...seen.keys()].sort((a, b) => a - b)).toEqual(wanted.map(([offset]) => offset));
          for (const [offset, fate] of wanted) if (fate === 'control') expect(seen.get(offset)).toBe('control');
        }
        expect(events).toEqual([...events].sort((a, b) => a - b));
      },
    ),
    { numRuns: process.env['EVENTMEND_FULL'] === undefined ? 800 : 50_000, seed },
  );
});

/** Some whole batches from the one that holds the offset, and the aborted transactions that reach into them, in any order. */
function fetch(
  { batches, aborted, fates }: WrittenLog,
  offset: number,
  size: number,
  shuffle: number,
): FetchedPartition {
  const first = batches.findIndex(({ lastOffset }) => lastOffset >= offset);
  const given = first < 0 ? [] : batches.slice(first, first + size);
  const upTo = given.at(-1)?.lastOffset ?? offset;
  const reaching = aborted.filter(({ firstOffset, end }) => firstOffset <= upTo && end >= offset);
  const turned = reaching.map((_, index) => reaching[(index + shuffle) % reaching.length]!);
  return {
    highWatermark: fates.length,
    lastStableOffset: fates.length,
    logStartOffset: 0,
    aborted: turned,
    recordBytes: 0,
    batches: given,
  };
}
