import type { StateFact } from '../../model/records/state-fact.js';

/** Facts that are held against what a replay comes to, which has a partition for those of each source. */
export interface OfferedFacts {
  /** In the order of the logs that they are behind those of the inputs. */
  readonly sources: readonly OfferedSource[];
}

export interface OfferedSource {
  readonly source: string;
  readonly partition: number;
  /** In the order of their times. */
  readonly facts: readonly OfferedFact[];
}

interface OfferedFact {
  readonly key: string;
  readonly time: number;
  readonly fact: StateFact;
  /** It stands among lost events: there is nothing to hold it against. */
  readonly isInside: boolean;
}

/** What came of the facts of each source, in their order. */
export interface FactTrialOutcome {
  readonly verdicts: readonly (readonly FactVerdict[])[];
  /** Of the facts that differ, by source and place: the rebuilt state as it is compared; null where there is none. */
  readonly rebuilt: readonly { readonly source: number; readonly place: number; readonly state: string | null }[];
}

/**
 * `set`: something is lost, and the fact takes its place. `agrees`, `differs`: the log gives the state, or an earlier fact and the log
 * behind it. `unfit`: fields of a state that has no such place. `unread`: the replay did not come to it.
 */
export type FactVerdict = 'set' | 'agrees' | 'differs' | 'unfit' | 'unread';

/** The topic of facts in their own logs. */
export const factTopic = 'facts';
