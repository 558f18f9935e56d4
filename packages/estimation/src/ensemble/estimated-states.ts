import type { Fidelity } from '@eventmend/core';
import { sameJson, type EstimatedEvent, type HeldTotal, type OpenWorker, type ReplayGap } from '@eventmend/core/engine';
import type { EnsembleBasis } from '@eventmend/core/engine';
import type { DonorPhase } from './choose-donors.js';
import type { EnsembleBaseline } from './choose-baseline.js';
import { conditionPart, type Conditioning } from './condition-on-total.js';
import type { LocatedGap } from './locate-gaps.js';
import { quantityOfMembers, type EnsembleQuantity } from './member-intervals.js';
import type { MemberMeasures } from './member-measures.js';
import type { MemberStates } from './member-states.js';
import type { EnsembleCounts } from './run-ensemble.js';
import type { StatesRefusal } from './states-refusal.js';

/** `interpolated` where known events follow every gap, otherwise `extrapolated`. */
export type GapFidelity = 'interpolated' | 'extrapolated';

/** What the state of one key may be. */
export interface EstimatedState {
  readonly key: string;
  /** That of the representative member; undefined where it has none. All states of it belong together. */
  readonly state: unknown;
  readonly fidelity: Fidelity;
  /** What was drawn made a difference to it in a member. */
  readonly isReached: boolean;
  /** The share of the members that have just this state. */
  readonly agreement: number;
  /** By measure of the worker; a member without a state counts as zero. */
  readonly measures: Readonly<Record<string, EnsembleQuantity>>;
}

/** States estimated through the worker, with all that they rest on. */
export interface EstimatedStates {
  readonly status: 'estimated';
  /**
   * Never better than `filledAs`, and `unproven` where the baseline or the worker is: intervals hold what was drawn against what
   * else could have been, and say nothing of those.
   */
  readonly fidelity: Fidelity;
  readonly filledAs: GapFidelity;
  readonly baseline: EnsembleBaseline;
  readonly gaps: readonly (LocatedGap & { readonly phase: DonorPhase; readonly donors: number })[];
  readonly members: number;
  /** The same seed gives the same members. */
  readonly seed: number;
  readonly counts: EnsembleCounts;
  readonly keys: { readonly all: number; readonly reached: number };
  /** What the measures of the worker come to over all keys. */
  readonly sums: Readonly<Record<string, EnsembleQuantity>>;
  /** Control totals of the target, held against what was estimated; those of all keys without a tolerance were kept. */
  readonly totals: readonly HeldTotal[];
  /** In the order of the keys. */
  states(): Iterable<EstimatedState>;
  /** What the measures of the worker make of any state of a key; zero of none. */
  measuresOf(key: string, state: unknown): Readonly<Record<string, number>>;
  /** What was drawn from what, and how the measures went: for people, in a size that does not grow with the incident. */
  basis(): EnsembleBasis;
  /** What the representative member has in each gap, in the order of the gaps and then of the times. */
  events(): Iterable<EstimatedGapEvent>;
}

/** An event that was drawn for the representative member. */
export interface EstimatedGapEvent {
  readonly gap: ReplayGap;
  readonly event: EstimatedEvent;
}

export type StatesEstimate = EstimatedStates | { readonly status: 'refused'; readonly reason: StatesRefusal };

/** Everything of an ensemble that was run. */
export interface FinishedEnsemble {
  readonly states: MemberStates;
  readonly worker: OpenWorker;
  /** How many different donors its members come from. */
  readonly donors: number;
}

/**
 * The member that stands for all: the one whose sums are nearest to what was estimated of them, in units of their spread.
 * @param sums by measure, each by member
 */
export function representativeMember(
  sums: readonly { readonly values: Float64Array; readonly wanted: number }[],
  members: number,
): number {
  const spreads = sums.map(({ values, wanted }) =>
    Math.sqrt(values.reduce((sum, value) => sum + (value - wanted) ** 2, 0) / members),
  );
  let [nearest, least] = [0, Infinity];
  for (let member = 0; member < members; member++) {
    const distance = sums.reduce((sum, { values, wanted }, at) => {
      const spread = spreads[at]!;
      return spread === 0 ? sum : sum + ((values[member]! - wanted) / spread) ** 2;
    }, 0);
    if (distance < least) [nearest, least] = [member, distance];
  }
  return nearest;
}

/** What all states have in common. */
export interface SharedByStates {
  readonly fidelity: Fidelity;
  readonly conditionings: ReadonlyMap<string, Conditioning>;
  readonly representative: number;
}

export function* estimatedStates(
  { states, donors }: FinishedEnsemble,
  measures: MemberMeasures,
  { fidelity, conditionings, representative }: SharedByStates,
): Iterable<EstimatedState> {
  for (const key of states.keys()) {
    const state = states.of(key, representative);
    const isReached = states.isApart(key);
    yield {
      ...{ key, state, fidelity, isReached },
      agreement: isReached ? agreementOf(states, key, state) : 1,
      measures: Object.fromEntries(
        measures.names.map((name) => {
          const values = measures.ofKey(name, key);
          const conditioning = conditionings.get(name);
          const conditioned = conditioning === undefined ? values : conditionPart(values, conditioning);
          return [name, quantityOfMembers(conditioned, donors)];
        }),
      ),
    };
  }
}

function agreementOf(states: MemberStates, key: string, state: unknown): number {
  const known = new Map<unknown, boolean>();
  let same = 0;
  for (let member = 0; member < states.size; member++) {
    const other = states.of(key, member);
    let isSame = known.get(other);
    if (isSame === undefined) known.set(other, (isSame = sameState(other, state)));
    if (isSame) same++;
  }
  return same / states.size;
}

function sameState(a: unknown, b: unknown): boolean {
  return a === undefined || b === undefined ? a === b : sameJson(a, b);
}
