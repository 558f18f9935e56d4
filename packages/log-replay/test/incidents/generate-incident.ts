import fc from 'fast-check';
import type { RecordOrder } from '@eventmend/core/engine';
import type { Arrival, CauseKind, FaultWish, IncidentDesign, Slip, WorkerStyle } from './incident-design.js';

export interface IncidentScale {
  /** At most so many events and faults; exactly so many events with `full`. */
  readonly events: number;
  readonly faults: number;
  readonly keys: number;
  readonly full?: boolean;
  /** All kinds where absent. */
  readonly kinds?: readonly CauseKind[];
  /** In which order outputs may be found; that of the handling where absent. */
  readonly recordOrders?: readonly RecordOrder[];
  /** What holds for every incident, whatever is drawn. */
  readonly always?: Partial<IncidentDesign>;
}

const causes: readonly CauseKind[] = ['missed', 'twice', 'swapped', 'late', 'wrong', 'output-lost', 'output-repeated'];
const slips: readonly Slip[] = ['sign', 'unit', 'ignored', 'output-only', 'state-only'];

const share = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);

const style: fc.Arbitrary<WorkerStyle> = fc.record({
  arithmetic: fc.constantFrom('clamp', 'smooth'),
  keysOfEvent: fc.constantFrom(1, 2),
  silent: fc.boolean(),
  reveals: fc.constantFrom('exact', 'rounded', 'nothing'),
  hidden: fc.boolean(),
  several: fc.boolean(),
});

function arrival(keys: number): fc.Arbitrary<Arrival> {
  return fc.record({
    partition: fc.nat(59),
    step: fc.constantFrom(1, 5, 5, 20, 0),
    delay: fc.constantFrom(0, 0, 3, 12, 40),
    time: fc.constantFrom('own', 'own', 'own', 'own', 'own', 'own', 'equal', 'falling', 'missing'),
    key: fc.nat(keys - 1),
    second: fc.nat(keys - 1),
    type: fc.constantFrom('add', 'add', 'add', 'scale'),
    amount: fc.integer({ min: -60, max: 140 }),
  });
}

function wish(kinds: readonly CauseKind[]): fc.Arbitrary<FaultWish> {
  return fc.record({
    kind: fc.constantFrom(...kinds),
    at: fc.nat(1_000_000),
    later: fc.nat(8),
    slip: fc.constantFrom(...slips),
  });
}

/** Random incidents, as small as fast-check can make them. */
export function generateIncident(scale: IncidentScale): fc.Arbitrary<IncidentDesign> {
  const { events, faults, keys, full = false, kinds = causes, recordOrders = ['handling'], always = {} } = scale;
  return fc
    .record<IncidentDesign>({
      worker: style,
      partitions: fc.integer({ min: 1, max: 5 }),
      keys: fc.constant(keys),
      keyed: fc.boolean(),
      order: fc.constantFrom('field', 'time', 'own'),
      arrivals: fc.array(arrival(keys), { minLength: full ? events : 1, maxLength: events, size: 'max' }),
      onset: fc.constantFrom(0, 0.3, 0.5),
      faults: fc.array(wish(kinds), { minLength: full ? faults : 0, maxLength: faults, size: 'max' }),
      kept: fc.oneof(
        fc.constant({ since: 'beginning' as const }),
        fc.record({ since: fc.constantFrom('time' as const, 'record' as const), share }),
      ),
      recordOrder: fc.constantFrom(...recordOrders),
      ledger: fc.boolean(),
      snapshots: fc.array(share, { maxLength: 4 }),
      live: fc.boolean(),
      onsetKnown: fc.boolean(),
    })
    .map((design) => ({ ...design, ...always }));
}

/** The one incident of a seed; `full`, so that long streams are as long as they are said to be. */
export function incidentOfSeed(seed: number, scale: IncidentScale): IncidentDesign {
  const [design] = fc.sample(generateIncident({ full: true, ...scale }), { seed, numRuns: 1 });
  return design as IncidentDesign;
}
