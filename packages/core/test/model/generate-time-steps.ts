import fc from 'fast-check';
import type { Scenario, ScenarioEvent, ScenarioPartition } from './scenario.js';

const maxStepMs = 10;
const plainWorker: Scenario['worker'] = {
  locality: 'global',
  single: false,
  async: 'never',
  initial: false,
  codec: false,
  upcaster: false,
  deduplicationWindow: null,
  secondVersion: null,
};

/** Runs of equal length decide whether more than half of the next 100 confirm; these stand around the edges of that. */
const edgeLengths = fc.constantFrom(1, 2, 48, 49, 50, 51, 52, 98, 99, 100, 101);
const kinds = fc.constantFrom('past', 'past', 'far', 'far', 'exactly', 'missing', 'negative');

/** Two partitions whose times make large steps all the time; everything else about them is simple. */
export const generateTimeSteps: fc.Arbitrary<Scenario> = fc
  .tuple(generatePartition(1), generatePartition(2))
  .map((partitions): Scenario => ({
    partitions,
    order: { by: 'time', maxStepMs },
    poison: 'stop',
    forced: [],
    worker: plainWorker,
    initialStates: [],
  }));

function generatePartition(partition: number): fc.Arbitrary<ScenarioPartition> {
  return fc
    .record({
      list: fc.array(fc.tuple(kinds, edgeLengths), { minLength: 1, maxLength: 5, size: 'max' }),
      start: fc.constantFrom(0, 0, 1, 2),
      length: fc.constantFrom(1, 2, 3, 50, 1000),
      behind: fc.constantFrom(0, 1, 2, 50, 99, 100, 101, 1000),
      watermark: fc.constantFrom(-Infinity, 0, 5),
    })
    .map(({ list, start, length, behind, watermark }): ScenarioPartition => {
      const times = list.flatMap(([kind, count]) => Array<number>(count).fill(timeOf(kind)));
      const tip = times.length;
      const end = Math.min(tip, start + length);
      return {
        id: { source: 's', topic: 't', incarnation: '', partition },
        start: Math.min(start, tip),
        end: Math.max(end, Math.min(start, tip)),
        logEnd: Math.max(Math.min(tip, end + behind), Math.min(start, tip)),
        watermark,
        clock: watermark,
        events: times.map((time, offset): ScenarioEvent => ({
          offset,
          time,
          key: null,
          value: `{"op":"add","keys":["a"],"n":${offset}}`,
        })),
        holes: [],
        ranges: [{ from: 0, to: tip, held: true }],
      };
    });
}

function timeOf(kind: string): number {
  switch (kind) {
    case 'far':
      return 1000;
    case 'exactly':
      return 1000 - maxStepMs;
    case 'missing':
      return NaN;
    case 'negative':
      return -5;
    default:
      return 5;
  }
}
