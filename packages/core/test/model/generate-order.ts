import fc from 'fast-check';
import { locationKey, type ScenarioOrder, type ScenarioPartition } from './scenario.js';

/** By time for the most part; ranks name some of the events, in an order that may fall against the offsets. */
export function generateOrder(partitions: readonly ScenarioPartition[]): fc.Arbitrary<ScenarioOrder> {
  const places = partitions.flatMap(({ id, events }) => events.map(({ offset }) => locationKey(id, offset)));
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.constantFrom<ScenarioOrder[]>(
        { by: 'time', maxStepMs: 10 },
        { by: 'time', maxStepMs: 0 },
        { by: 'time', maxStepMs: 86_400_000 },
      ),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom<ScenarioOrder[]>({ by: 'field', path: 'order.seq' }, { by: 'field', path: 'n' }),
    },
    {
      weight: 2,
      arbitrary: fc
        .array(fc.integer({ min: -1, max: 3 }), { minLength: places.length, maxLength: places.length })
        .map((steps): ScenarioOrder => {
          // Mostly rising in the list's order, with steps back, and some left out.
          let rank = 0;
          const ranks = new Map<string, number>();
          places.forEach((place, index) => {
            const step = steps[index] as number;
            rank += step;
            if (step !== 0) ranks.set(place, rank);
          });
          return { by: 'recorded', ranks };
        }),
    },
  );
}
