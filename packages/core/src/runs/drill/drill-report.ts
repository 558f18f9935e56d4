import type { Comparison } from '../compare/comparison.js';
import type { RecoveryScore, RightAndWrong } from '../compare/score-recovery.js';
import type { ErrorSummary } from '../../model/errors/error-summary.js';
import type { Verdict } from '../../model/strategy/verdict.js';
import type { DetectionScore } from './score-detection.js';
import type { DrillFaultKind, DrillMix } from './drill-mix.js';

/** What came of one strategy in a drill. All but its name, the refusal and the time is null where it was refused. */
export interface StrategyScore extends RecoveryScore {
  readonly strategy: string;
  /** Why it did nothing; null where it recovered. */
  readonly refused: ErrorSummary | null;
  readonly runId: string | null;
  readonly verdict: Verdict | null;
  /** Whether the run withstood its verification. */
  readonly verified: boolean | null;
  /** Milliseconds of planning, recovery and verification together. */
  readonly durationMs: number;
}

/** What a drill came to. Plain data, kept in its folder. */
export interface DrillReport {
  readonly format_version: 1;
  readonly seed: number;
  readonly mix: DrillMix;
  /** Where in the healthy history the incident itself was laid, 0 to 1; null where the mix says all. */
  readonly likeIncident: number | null;
  readonly incident: { readonly name: string; readonly digest: string };
  readonly worker: { readonly name: string; readonly version: string; readonly hash: string };
  readonly stretch: {
    readonly events: number;
    readonly partitions: number;
    /** The snapshot that it begins with; null for the beginning of the log. */
    readonly base: string | null;
    /** Offsets that the real log lacks; the copy says that no event stood there. */
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
  /** Events that the copy lacks, or that lack their time; checkpoints from behind the onset, and damaged ones. */
  readonly lost: Readonly<Record<'retention' | 'hole' | 'untimed' | 'tainted' | 'damaged', number>>;
  /** What the service left. */
  readonly left: {
    readonly checkpoints: number;
    readonly state: boolean;
    readonly outputs: boolean;
    readonly ledger: boolean;
  };
  /** Of the live state, if nothing were done; null where the service left none. */
  readonly live: RightAndWrong | null;
  /** Null where nobody diagnosed, or could. */
  readonly detection: DetectionScore | null;
  readonly diagnosisRefused: ErrorSummary | null;
  readonly strategies: readonly StrategyScore[];
  /** The recoveries and the live state side by side, against the truth; null where every strategy was refused. */
  readonly comparison: Comparison | null;
}
