import type { ErrorSummary } from '../../model/strategy/resource.js';
import type { Verdict } from '../../model/strategy/verdict.js';
import type { Fidelity } from '../../model/provenance/provenance.js';
import type { DetectionScore } from './score-detection.js';
import type { DrillFaultKind, DrillMix } from './drill-mix.js';

/** Keys of one fidelity, and how many of them are not what they should be. */
export interface FidelityScore {
  readonly keys: number;
  readonly wrong: number;
}

/** What came of one strategy in a drill. */
export interface StrategyScore {
  readonly strategy: string;
  /** Why it did nothing; null where it recovered. What follows is null then. */
  readonly refused: ErrorSummary | null;
  readonly verdict: Verdict | null;
  /** Whether the run withstood its verification. */
  readonly verified: boolean | null;
  readonly states: StateScore | null;
  readonly outputs: OutputScore | null;
  /** Milliseconds of planning, recovery and verification together. */
  readonly durationMs: number;
}

export interface StateScore {
  /** Keys of the truth and of the run together. */
  readonly keys: number;
  readonly wrong: number;
  readonly byFidelity: Readonly<Partial<Record<Fidelity, FidelityScore>>>;
  /** The first key that is called exact and is wrong; null where there is none. */
  readonly firstFalse: string | null;
}

export interface OutputScore {
  /** Outputs of the events that the run went over. */
  readonly outputs: number;
  readonly wrong: number;
}

/** What a drill came to. Plain data, kept in its folder and in the history. */
export interface DrillReport {
  readonly format_version: 1;
  readonly seed: number;
  readonly mix: DrillMix;
  readonly incident: { readonly name: string; readonly digest: string };
  readonly worker: { readonly name: string; readonly version: string; readonly hash: string };
  readonly stretch: {
    readonly events: number;
    readonly partitions: number;
    /** The snapshot that it begins with; null for the beginning of the log. */
    readonly base: string | null;
    /** Offsets that the real log lacks, and that stand for nothing in the copy. */
    readonly absent: number;
  };
  readonly error: {
    /** Events that the faulty handler came to. */
    readonly events: number;
    /** In milliseconds; null where events have no times. */
    readonly onset: number | null;
    readonly end: number | null;
    readonly planted: Readonly<Record<DrillFaultKind, number>>;
  };
  readonly lost: {
    /** Events that the copy lacks. */
    readonly retention: number;
    readonly hole: number;
    readonly untimed: number;
    readonly tainted: number;
    readonly damaged: number;
  };
  readonly checkpoints: number;
  /** Of the live state, if nothing were done; null where the service left none. */
  readonly live: { readonly keys: number; readonly wrong: number } | null;
  /** Null where nobody diagnosed. */
  readonly detection: DetectionScore | null;
  readonly strategies: readonly StrategyScore[];
  /** Keys and outputs that a strategy called exact and that are wrong, and runs that were called complete and are not. */
  readonly falseClaims: number;
}
