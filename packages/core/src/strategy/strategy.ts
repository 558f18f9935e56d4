import type { AccountTotals, PartitionAccount } from '../account/accounts.js';
import type { Fidelity } from '../provenance/provenance.js';
import type { LossEstimate } from '../plan/loss-estimate.js';
import type { Plan } from '../plan/plan.js';

export type StrategyName = 'log-replay' | 'checkpoint' | 'estimation';

/** Anything that survived the incident, as `assess` lists it. */
export interface Resource {
  readonly name: string;
  readonly state: 'found' | 'partial' | 'missing' | 'damaged';
  readonly from: string;
  readonly to: string;
  readonly notes: string;
}

/** What one strategy could do with the resources. An infeasible one is an answer, not an exception. */
export interface Assessment {
  readonly strategy: StrategyName;
  readonly feasible: boolean;
  /** Why not, where it is not. */
  readonly reason: string | null;
  readonly bringsBack: string;
  readonly expectedLoss: LossEstimate;
  /** Null where nothing was measured yet. */
  readonly expectedDurationMs: number | null;
  /** When the resources stop being enough (retention); null where they stay. */
  readonly actBefore: number | null;
  readonly resources: readonly Resource[];
  readonly workerCheck: string;
  readonly warnings: readonly string[];
}

export interface ProgressReport {
  readonly phase: 'scan' | 'prove' | 'replay' | 'verify' | 'export' | 'import' | 'save' | 'diagnose' | 'explain';
  readonly done: number;
  /** 0 where nobody knows how much there is to do. */
  readonly total: number;
  readonly quarantined: number;
}

/** What every long verb takes: a way to say how far it is, and a way to be stopped cleanly. */
export interface LongWork {
  readonly onProgress?: (progress: ProgressReport) => void;
  readonly signal?: AbortSignal;
}

export type Verdict =
  | { readonly verdict: 'complete' }
  | { readonly verdict: 'incomplete'; readonly missing: readonly string[] }
  | { readonly verdict: 'bounded'; readonly plusMinus: string }
  | { readonly verdict: 'refused'; readonly reason: string };

/** Keys by how good they are. */
export interface FidelitySummary {
  readonly overall: Fidelity;
  readonly keys: Readonly<Partial<Record<Fidelity, number>>>;
  /** Keys that a quarantined event or a hole names itself, and keys that only read from those. */
  readonly directKeys: number;
  readonly carriedKeys: number;
}

/** What a run is limited to, in numbers. */
export interface ScopeSummary {
  /** Keys of the scope, and those of them that were chosen; the others joined through events. */
  readonly keys: number;
  readonly seeds: number;
  /** Keys that the baseline, the range or the request names, in the scope or not. */
  readonly keysInAll: number;
  /** Events of the range that name keys of the scope, and events that name others. */
  readonly eventsInside: number;
  readonly eventsOutside: number;
  /** Keys of the live state outside of the scope, which the run does not touch; null where nobody could count them. */
  readonly liveOutside: number | null;
}

/** One run as `recover` and `runs` report it. */
export interface RunReport {
  readonly runId: string;
  readonly planId: string;
  readonly strategy: StrategyName;
  readonly status: 'running' | 'interrupted' | 'failed' | 'recovered' | 'verified' | 'mismatch';
  readonly verdict: Verdict;
  readonly fidelity: FidelitySummary;
  /** Absent where the run is about all keys. */
  readonly scope?: ScopeSummary;
  readonly accounts: readonly PartitionAccount[];
  readonly totals: AccountTotals;
  readonly order: Readonly<Record<'missing' | 'falling' | 'negative' | 'unconfirmed' | 'equal', number>>;
  readonly stateKeys: number;
  readonly stateDigest: string;
  readonly outputs: number;
  readonly outputsDigest: string;
  readonly quarantined: number;
  /** -0 became 0 this often. */
  readonly negativeZeros: number;
  /** Null until the run has ended, or where no live state was given. */
  readonly live: LiveComparison | null;
  readonly notes: readonly string[];
  /** Wall time spent in this and earlier attempts; for people, part of no decision. */
  readonly elapsedMs: number;
  readonly eventsPerSecond: number | null;
}

export interface VerificationCheck {
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'not-checked';
  readonly detail: string;
}

export interface Verification {
  readonly runId: string;
  readonly verdict: Verdict;
  readonly checks: readonly VerificationCheck[];
  readonly measures: Readonly<Record<string, number>>;
}

/** How the recovered state compares with the live one, where the live state has a position and can be compared. */
export interface LiveComparison {
  readonly compared: boolean;
  readonly reason: string | null;
  readonly keys: number;
  readonly differing: number;
  /** Of `differing`: keys whose difference another permissible order may explain. Reports of older versions do not say. */
  readonly undetermined?: number;
  readonly onlyRecovered: number;
  readonly onlyLive: number;
  readonly firstDifference: { readonly key: string; readonly recovered: string; readonly live: string } | null;
}

/**
 * The four verbs that every strategy has. `Situation` is what the strategy needs to know of the incident and the
 * resources; `RunHandle` is how it finds one of its runs again.
 */
export interface Strategy<Situation, PlanOptions, RunHandle> {
  readonly name: StrategyName;
  assess(situation: Situation, work?: LongWork): Promise<Assessment>;
  plan(situation: Situation, options: PlanOptions, work?: LongWork): Promise<Plan>;
  /** Begins the run of a plan, or goes on with it where it was left. */
  recover(situation: Situation, plan: Plan, work?: LongWork): Promise<RunReport>;
  verify(situation: Situation, run: RunHandle, work?: LongWork): Promise<Verification>;
}
