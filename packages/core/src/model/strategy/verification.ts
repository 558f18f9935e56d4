import type { EarlierText, Verdict } from './verdict.js';

export interface Verification {
  readonly runId: string;
  readonly verdict: Verdict;
  readonly checks: readonly VerificationCheck[];
  readonly measures: Readonly<Record<string, number>>;
}

export interface VerificationCheck {
  /** `state`, `outputs`, `accounts`, `quarantine`, `baseline`, `invariant`, `invariants`, `total`, `worker`, `coverage`, `scope`, `store`, `shares`. */
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'not-checked';
  readonly detail: CheckDetail;
}

/** What a check saw. Where a run stands beside `again`, the latter was derived a second time, independently. */
type CheckDetail =
  | { readonly kind: 'states'; readonly run: StatesSeen; readonly again: StatesSeen }
  | { readonly kind: 'outputs'; readonly run: OutputsSeen; readonly again: OutputsSeen }
  /** `unbalanced`: partitions whose account does not add up; empty where it does, right or wrong. */
  | {
      readonly kind: 'accounts';
      readonly offsets: number;
      readonly unbalanced: readonly { readonly topic: string; readonly partition: number }[];
    }
  /** Quarantined events. */
  | { readonly kind: 'quarantine'; readonly run: number; readonly again: number }
  /** What a measure comes to, and what a control total says; `of` is who says it. */
  | {
      readonly kind: 'total';
      readonly measure: string;
      readonly stated: number;
      readonly found: number;
      readonly of: string | null;
      /** Over these keys alone; absent for all. */
      readonly keys?: readonly string[];
    }
  /** Rows of a source that are totals of a measure: how many are what it comes to, and the first that are not. */
  | {
      readonly kind: 'totals';
      readonly measure: string;
      readonly of: string | null;
      readonly totals: number;
      readonly agreeing: number;
      readonly first: readonly {
        readonly keys: readonly string[] | null;
        readonly stated: number;
        readonly found: number;
      }[];
    }
  /** Totals of moments that are those of no snapshot, nor that of the target: they are held against nothing. */
  | {
      readonly kind: 'totals-unused';
      readonly of: string | null;
      readonly totals: number;
      /** The first of these moments, in milliseconds. */
      readonly first: number;
    }
  | { readonly kind: 'baseline-is-genesis' }
  /** Nothing that is left proves the snapshot that the run begins at. */
  | { readonly kind: 'baseline-unproven' }
  | { readonly kind: 'baseline-behind-quarantine'; readonly events: number }
  /**
   * The user trusts the baseline, and so the run was derived again from it: from the beginning of the log `keys` of its keys are
   * others. `parked`: events before it that are in quarantine on that way.
   */
  | { readonly kind: 'baseline-trusted'; readonly snapshot: string; readonly keys: number; readonly parked: number }
  | { readonly kind: 'log-has-no-beginning' }
  /** The baseline, derived from the beginning of the log. */
  | { readonly kind: 'baseline-derived-again' }
  /** Keys that break it. */
  | {
      readonly kind: 'invariant';
      readonly invariant: string;
      readonly broken: number;
      /** With the worker's own words, where it has any. */
      readonly first: { readonly key: string; readonly said: string | null } | null;
      /** The first keys that break it; absent in what an earlier version wrote. */
      readonly keys?: readonly string[];
    }
  | { readonly kind: 'no-invariants' }
  /** `reason` as the plan says it, see `WorkerCheck`. */
  | { readonly kind: 'worker-check'; readonly reason: string }
  /** What the recovery relied on and the check of the worker did not cover; null where nobody knows what it covered. */
  | {
      readonly kind: 'coverage';
      readonly parts: readonly UncoveredPart[] | null;
      /** Keys that depend on what nobody reviewed, and keys that depend on reviewed parts alone. */
      readonly unproven: number;
      readonly declared: number;
    }
  /** A fleet was verified in so many memories of the worker, in none of which partitions of one task are together. */
  | { readonly kind: 'other-shares'; readonly shares: number }
  /** A fleet was verified by its tasks, each in a memory with the keys that it had. */
  | { readonly kind: 'same-shares'; readonly tasks: number }
  | { readonly kind: 'key-out-of-scope'; readonly key: string }
  /** `liveOutside`: keys of the live state that are not in the scope; null where they were not counted. */
  | {
      readonly kind: 'keys-in-scope';
      readonly stored: number;
      readonly keys: number;
      readonly liveOutside: number | null;
    }
  | { readonly kind: 'stored-rows'; readonly states: number; readonly outputs: number }
  | { readonly kind: 'state-not-its-hash'; readonly key: string }
  | { readonly kind: 'chunk-not-its-hash'; readonly chunk: number }
  | { readonly kind: 'states-not-committed'; readonly states: number }
  | { readonly kind: 'outputs-not-committed'; readonly outputs: number }
  | EarlierText;

/** Something that a recovery relied on and no check of the worker covered. */
export interface UncoveredPart {
  /** An event type, lines of the worker's code, or a field that its `normalise` drops. */
  readonly kind: 'type' | 'code' | 'field';
  /** `order.refunded`, `worker.ts:41-44`, `$.cache`. */
  readonly name: string;
  /** Events that are of it or ran it; 0 for a field. At most, where a block ran too often to try each event. */
  readonly events: number;
  /** Keys that those events wrote, or that hold the field. */
  readonly keys: number;
  readonly reviewed: boolean;
}

interface StatesSeen {
  readonly keys: number;
  readonly digest: string;
}

interface OutputsSeen {
  readonly outputs: number;
  readonly digest: string;
}

/** True when nothing that was checked failed. */
export function isVerified(verification: Verification): boolean {
  return verification.checks.every((check) => check.result !== 'failed');
}

/** What an earlier version verified had no such check; what it said then stands. */
export function isCoverageKnown({ checks }: Verification): boolean {
  return checks.every(({ detail }) => detail.kind !== 'coverage' || detail.parts !== null);
}
