/** What is expected of one key that lost events may have named. */
export interface ExpectedKeyLoss {
  readonly key: string;
  /** How likely the value that is taken is wrong; null where nothing shows how often the live service was. */
  readonly wrong: number | null;
  readonly taken: 'rebuilt' | 'live';
}

/** What is expected of single keys, for people: a recovery finds out for itself, with both values at hand. No part of a plan's id. */
export interface PlannedKeyLoss {
  /** Keys that lost events may have named, as far as events that are known or the live state name them. */
  readonly keys: number;
  /**
   * Of these: keys that lost events have named more likely than not, and of which there is nothing else: no record, no estimate and no
   * live value. What is rebuilt of them is called incomplete.
   */
  readonly refused: number;
  /** The first of those that are refused, and the worst of all. */
  readonly refusedKeys: readonly string[];
  readonly worst: readonly ExpectedKeyLoss[];
  /** A file with all of them, the worst first. */
  readonly file: string;
}
