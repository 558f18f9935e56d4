import type { RecordedEventRef, FaultKind } from '@eventmend/core/engine';

/** Both sides of a disagreement, at the first field that differs; texts are short enough for a line. */
export interface ObservedDifference {
  readonly output: string | null;
  readonly key: string;
  readonly path: string;
  readonly expected: string;
  readonly recorded: string;
}

/** One event that the service handled otherwise than it should have: a cause, never a consequence. */
export interface Fault {
  readonly kind: FaultKind;
  readonly event: RecordedEventRef;
  /** Effective time of the event in milliseconds; null before the first timestamp. */
  readonly time: number | null;
  readonly keys: readonly string[];
  /**
   * For `out-of-order`: the event that it stands on the wrong side of. For `wrong`: the only other event at which it may have gone
   * wrong, one that sent what it should have and left another state; null where it went wrong here. For the other kinds: null.
   */
  readonly other: RecordedEventRef | null;
  /** Why it is told so, in one sentence: it stands in `faults.ndjson`, for people too. */
  readonly evidence: string;
  readonly difference: ObservedDifference | null;
}

/** Something that the evidence does not decide, and what would decide it. */
export interface Undetermined {
  readonly event: RecordedEventRef | null;
  readonly key: string | null;
  /** What may have happened. */
  readonly suspicion: FaultKind | 'any';
  readonly reason: string;
  /** The evidence that is missing, as a noun phrase: `outputs from before 2026-11-19 08:00`. */
  readonly missing: string;
}
