import type { ControlTotal, HeldTotal } from '@eventmend/core/engine';
import { conditionOnTotal, conditionPart, type Conditioning } from './condition-on-total.js';
import { representativeMember } from './estimated-states.js';
import type { MemberMeasures } from './member-measures.js';
import { quantityOfMembers, type EnsembleQuantity } from './member-intervals.js';
import type { StatesRefusal } from './states-refusal.js';

/** What the members say of the sums of the worker's measures, brought to what is known of these. */
export interface HeldMembers {
  /** By measure. */
  readonly sums: readonly (readonly [string, EnsembleQuantity])[];
  /** By measure of which a total is known. */
  readonly conditionings: ReadonlyMap<string, Conditioning>;
  readonly totals: readonly HeldTotal[];
  /** The member that stands for all. */
  readonly representative: number;
}

/** Holds members against control totals: those of all keys without a tolerance are kept, and the others are told. */
export function holdTotals(
  measures: MemberMeasures,
  donors: number,
  members: number,
  totals: readonly ControlTotal[],
): HeldMembers | Extract<StatesRefusal, { readonly code: 'contradicting-total' }> {
  const conditionings = new Map<string, Conditioning>();
  const found = measures.names.map((name) => ({ name, values: measures.sums(name) }));
  const kept = new Map<string, number>();
  for (const { measure, value, within, keys } of totals) {
    // A total of some keys says nothing of the sum over all.
    if (within > 0 || keys !== undefined || kept.get(measure) === value) continue;
    const { values } = found.find(({ name }) => name === measure)!;
    const conditioning = kept.has(measure) ? null : conditionOnTotal(values, value);
    if (conditioning === null) {
      const { estimate, standardDeviation } = quantityOfMembers(values, donors);
      return { code: 'contradicting-total', measure, total: value, estimate, standardDeviation };
    }
    kept.set(measure, value);
    conditionings.set(measure, conditioning);
  }
  const conditioned = (name: string, values: Float64Array): Float64Array => {
    const conditioning = conditionings.get(name);
    return conditioning === undefined ? values : conditionPart(values, conditioning);
  };
  const sums = found.map(({ name, values }) => [name, quantityOfMembers(conditioned(name, values), donors)] as const);
  const bySum = new Map(sums);
  const foundOf = ({ measure, keys }: ControlTotal): number =>
    keys === undefined
      ? bySum.get(measure)!.estimate
      : quantityOfMembers(conditioned(measure, measures.sums(measure, [...new Set(keys)].sort())), donors).estimate;
  return {
    sums,
    conditionings,
    totals: totals.map((total) => ({ total, found: foundOf(total) })),
    representative: representativeMember(
      found.map(({ name, values }) => ({ values, wanted: bySum.get(name)!.estimate })),
      members,
    ),
  };
}
