/** Estimated events that a plan applies. */
export interface PlannedEstimates {
  readonly estimator: string;
  /** Index into `plan.logs`. */
  readonly log: number;
  readonly events: number;
  /** Where they are one possibility of many; absent where they are not. */
  readonly ensemble?: PlannedEnsemble;
}

/** How many possibilities were drawn, from which seed, and what the measures of the worker come to. */
interface PlannedEnsemble {
  readonly members: number;
  readonly donors: number;
  readonly seed: number;
  readonly sums: readonly PlannedSum[];
  /** Absent where nothing can be told of the live state, which may stand somewhere else. */
  readonly off?: readonly PlannedOff[];
  /** What the sums rest on; absent in plans of versions that kept none of it. */
  readonly basis?: EnsembleBasis;
}

/** What a measure comes to over all keys: with so much probability from `low` to `high`. */
export interface PlannedSum {
  readonly measure: string;
  readonly estimate: number;
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

/** How far a measure of a key is expected to be off: the root of the mean square over the keys that lost events may have named. */
export interface PlannedOff {
  readonly measure: string;
  readonly keys: number;
  /** Of the run, which holds one possibility of many. */
  readonly run: number;
  /** Of the live state, as far as it is further from what was drawn than the truth is likely to be; 0 where it is not. */
  readonly live: number;
}

/** What an ensemble was drawn from, and how it went. The first ones of many: what is kept does not grow with the incident. */
export interface EnsembleBasis {
  /** The known events, in milliseconds since 1970: the stretches are taken from them. */
  readonly history: { readonly from: number; readonly to: number };
  readonly gaps: readonly FilledSpan[];
  readonly gapsInAll: number;
  /** Events drawn for all members, and those of them that the worker refused. */
  readonly drawn: number;
  readonly failed: number;
  readonly measures: readonly EnsembleMeasure[];
}

/** A gap, when it must have been, and which stretches of the history stand in for it. */
interface FilledSpan {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly events: number;
  readonly donors: number;
  /** The same hour of the week, the same hour of the day, or any. */
  readonly phase: 'week' | 'day' | 'any';
  /** Known events follow. */
  readonly isBounded: boolean;
}

export interface EnsembleMeasure {
  readonly measure: string;
  /**
   * Each stretch in turn taken for what was lost, and estimated from the others: how far that is off on average. Null for fewer than
   * three.
   */
  readonly leftOut: { readonly stretches: number; readonly meanError: number } | null;
  /** Probabilities of the ranges in `path` and `keys`, the narrowest first. */
  readonly levels: readonly number[];
  /** Over all keys, from before the gap until after it; empty where there are too many keys to follow. */
  readonly path: readonly EnsembleMoment[];
  /** The keys whose range is the widest, then a sample of the others that what was drawn reached. */
  readonly keys: readonly EnsembleKey[];
  /** Keys that what was drawn reached. */
  readonly keysInAll: number;
}

interface EnsembleRange {
  readonly estimate: number;
  /** By level. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** What a measure came to at a moment. */
export interface EnsembleMoment extends EnsembleRange {
  readonly time: number;
}

export interface EnsembleKey extends EnsembleRange {
  readonly key: string;
  readonly chosenAs: 'widest' | 'sample';
}
