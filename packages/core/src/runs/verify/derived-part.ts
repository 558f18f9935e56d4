import { sumOfMeasure } from '../../evidence/compare/sum-measure.js';
import { digestStates } from '../../evidence/reference-replay/digest-states.js';
import { checkInvariants, type InvariantResult } from '../../evidence/totals/check-invariants.js';
import type { ControlTotal } from '../../evidence/totals/control-total.js';
import type { Decimal } from '../../model/records/decimal.js';
import type { WorkerBasis } from '../../worker/worker-instance.js';

/** What some states come to, such that what the parts of them come to can be added. */
export interface StatesSummary {
  readonly keys: number;
  readonly digest: string;
  readonly invariants: readonly InvariantResult[];
  /** What the control totals come to, in their order; null where the worker has no such measure, or it is no number. */
  readonly totals: readonly (Decimal | null)[];
  readonly measures: Readonly<Record<string, Decimal | null>>;
}

/** A derivation of some lanes: what it began with, and what it came to. */
export interface DerivedPart {
  readonly begin: StatesSummary;
  readonly end: StatesSummary;
  /** The chain over the outputs of each lane. */
  readonly chains: readonly string[];
}

export function summariseStates(
  states: ReadonlyMap<string, unknown>,
  instance: WorkerBasis,
  totals: readonly ControlTotal[],
): StatesSummary {
  return {
    keys: states.size,
    digest: digestStates(states),
    invariants: checkInvariants(states, instance),
    totals: totals.map(({ measure, keys }) => sumOfMeasure(instance, measure, states, keys)?.decimal ?? null),
    measures: Object.fromEntries(
      Object.keys(instance.worker.measures ?? {}).map((name) => [
        name,
        sumOfMeasure(instance, name, states)?.decimal ?? null,
      ]),
    ),
  };
}
