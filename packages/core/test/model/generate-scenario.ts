import fc from 'fast-check';
import type { HoleReason, LogHole } from '../../src/model/log/event-log.js';
import { generateEvents } from './generate-events.js';
import { generateOrder } from './generate-order.js';
import type { Scenario, ScenarioPartition, WorkerShape } from './scenario.js';
import { cellCodec } from './scenario-worker.js';

/** Ids whose order is not the order in which they are listed, of two topics, sources and incarnations. */
const partitionIds = [
  { source: 'b', topic: 'orders', incarnation: '', partition: 10 },
  { source: 'b', topic: 'orders', incarnation: '', partition: 9 },
  { source: 'a', topic: 'orders', incarnation: '2', partition: 9 },
  { source: 'a', topic: 'orders', incarnation: '1', partition: 9 },
  { source: 'a', topic: 'Payments', incarnation: '', partition: 3 },
] as const;

/** Evenly spread, as fast-check's fractions are not. */
export const share: fc.Arbitrary<number> = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);

const holeReasons: readonly HoleReason[] = ['control', 'filtered', 'compacted', 'deleted', 'missing'];

const workerShape: fc.Arbitrary<WorkerShape> = fc.record({
  locality: fc.constantFrom('global', 'global', 'partition'),
  single: fc.boolean(),
  async: fc.constantFrom('never', 'never', 'always', 'sometimes'),
  initial: fc.boolean(),
  codec: fc.boolean(),
  upcaster: fc.boolean(),
  deduplicationWindow: fc.option(fc.constantFrom(1, 2, 3, 5, 50)),
  secondVersion: fc.option(fc.record({ from: fc.integer({ min: 10, max: 80 }), gap: fc.constantFrom(0, 0, 0, 5) })),
});

// With the prototype that parsed JSON has.
const cellState = fc.record(
  {
    sum: fc.integer({ min: -9, max: 999 }),
    count: fc.nat(9),
    last: fc.option(fc.nat(50)),
    drawn: fc.constant(null),
  },
  { noNullPrototype: true },
);

export interface ScenarioScale {
  /** Runs of events with times of one kind in each partition; a run has 1 event, now and then up to 120. */
  readonly runs: number;
}

/** Random logs, workers and policies, as small as fast-check can make them. */
export function generateScenario({ runs }: ScenarioScale): fc.Arbitrary<Scenario> {
  return workerShape.chain((worker) =>
    fc
      .record({
        partitions: fc
          .subarray([...partitionIds], { minLength: 1 })
          .chain((ids) => fc.shuffledSubarray(ids, { minLength: ids.length }))
          .chain((ids) => fc.tuple(...ids.map((id) => generatePartition(id, runs, worker)))),
        poison: fc.constantFrom('stop', 'quarantine-event', 'quarantine-key', 'quarantine-key'),
        initialStates: fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', '__proto__', 'untouched'), cellState), {
          selector: ([key]) => key,
        }),
        forcedPicks: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 2 }),
      })
      .chain(({ partitions, poison, initialStates, forcedPicks }) =>
        generateOrder(partitions).map((order): Scenario => ({
          partitions,
          order,
          poison: poison,
          worker,
          initialStates: initialStates.map(([key, state]) => ({
            key,
            state: worker.codec ? cellCodec.encode(state) : state,
          })),
          forced: poison === 'stop' ? [] : forcedPicks.flatMap(([a, b]) => pickEvent(partitions, a, b)),
        })),
      ),
  );
}

function pickEvent(partitions: readonly ScenarioPartition[], a: number, b: number): Scenario['forced'] {
  const partition = partitions[a % partitions.length];
  const event = partition?.events[b % Math.max(1, partition.events.length)];
  return partition === undefined || event === undefined ? [] : [{ id: partition.id, offset: event.offset }];
}

function generatePartition(
  id: ScenarioPartition['id'],
  runs: number,
  worker: WorkerShape,
): fc.Arbitrary<ScenarioPartition> {
  // A partition-local worker mostly keeps its promise: keys carry the partition's name.
  const suffix =
    worker.locality === 'partition'
      ? fc.constantFrom(...Array<string>(6).fill(`@${id.partition}${id.source}${id.incarnation}`), '')
      : fc.constant('');
  return fc
    .record({
      events: suffix.chain((text) => generateEvents(runs, text)),
      cuts: fc.tuple(share, share, share),
      whole: fc.boolean(),
      watermark: fc.constantFrom(-Infinity, -Infinity, 0, 3, 40),
      clock: fc.constantFrom(-Infinity, 0, 12),
      holes: fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.integer({ min: 1, max: 3 }), fc.constantFrom(...holeReasons)), {
        maxLength: 6,
      }),
      unheld: fc.array(fc.tuple(fc.nat(), fc.nat(8)), { maxLength: 2 }),
    })
    .map(({ events, cuts, whole, watermark, clock, holes, unheld }): ScenarioPartition => {
      const tip = (events.at(-1)?.offset ?? -1) + 3;
      const [start, end, logEnd] = whole
        ? [0, tip, tip]
        : (cuts.map((cut) => Math.round(cut * tip)).sort((x, y) => x - y) as [number, number, number]);
      return {
        id,
        start,
        end,
        logEnd,
        watermark,
        clock,
        events,
        holes: holesInGaps(
          events.map(({ offset }) => offset),
          tip,
          holes,
        ),
        ranges: cutRanges(start, tip, unheld),
      };
    });
}

/** Places holes where no event is; each gap between events takes one at most. */
function holesInGaps(
  offsets: readonly number[],
  tip: number,
  wishes: readonly (readonly [number, number, number, HoleReason])[],
): readonly LogHole[] {
  const edges = [-1, ...offsets, tip];
  const gaps = edges
    .slice(1)
    .map((to, index) => ({ from: (edges[index] as number) + 1, to }))
    .filter(({ from, to }) => from < to);
  const holes = new Map<number, LogHole>();
  for (const [pick, skip, length, reason] of wishes) {
    const gap = gaps[pick % Math.max(1, gaps.length)];
    if (gap === undefined) continue;
    const from = gap.from + (skip % (gap.to - gap.from));
    holes.set(gap.from, { from, to: Math.min(gap.to, from + length), reason });
  }
  return [...holes.values()].sort((a, b) => a.from - b.from);
}

/** Cuts stretches that nobody holds out of the range. */
function cutRanges(
  start: number,
  end: number,
  unheld: readonly (readonly [number, number])[],
): ScenarioPartition['ranges'] {
  const isHeld = (offset: number): boolean =>
    !unheld.some(([pick, length]) => {
      const from = start + (pick % Math.max(1, end - start));
      return from <= offset && offset < from + length;
    });
  const ranges: { from: number; to: number; held: boolean }[] = [];
  for (let offset = start; offset < end; offset++) {
    const last = ranges.at(-1);
    if (last !== undefined && last.held === isHeld(offset)) last.to = offset + 1;
    else ranges.push({ from: offset, to: offset + 1, held: isHeld(offset) });
  }
  return ranges;
}
