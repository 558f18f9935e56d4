import type { AccountTotals, PartitionAccount } from '../accounts/accounts.js';
import type { LiveErrorRate } from '../plan/plan.js';
import type { StrategyName } from '../plan/strategy-name.js';
import type { Fidelity } from '../provenance/provenance.js';
import type { LiveComparison } from './live-comparison.js';
import type { EarlierText, Verdict } from './verdict.js';

/** Keys by how good they are. */
export interface FidelitySummary {
  readonly overall: Fidelity;
  readonly keys: Readonly<Partial<Record<Fidelity, number>>>;
  /** Keys that rest on events that were estimated, whatever word they have; absent for none. */
  readonly estimatedKeys?: number;
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

/** `events` were not evaluated and count as applied for the deduplication by a business id, being out of the scope. */
type RunNote = { readonly kind: 'unevaluated-in-deduplication'; readonly events: number } | EarlierText;

/** Keys that the run has no row of and that are kept as the live state has them, with the SHA-256 of their file. */
export interface KeptLiveKeys {
  readonly keys: number;
  /** Of these: keys that the run has a row of, and whose live value is more likely right; none where absent. */
  readonly chosen?: number;
  readonly sha256: string;
}

/** How it was chosen between the rebuilt and the live value of the keys that a hole reaches. */
export interface CandidateChoice {
  /** Keys that a hole reaches, directly or by what their events read. */
  readonly reached: number;
  /** Of these: keys of which both values are the same, which shows nothing. */
  readonly same: number;
  /** Keys whose live value was taken. */
  readonly fromLive: number;
  /** Keys that the live state does not have, and that stay as they were rebuilt. */
  readonly onlyRebuilt: number;
  /** How often the live service was wrong where the log still tells; null where nothing shows it. */
  readonly errorRate: LiveErrorRate | null;
  /**
   * Of the keys whose two values differ, so many are expected to be wrong: if all were rebuilt, if nothing were done, and as
   * chosen. Null where nothing shows how often the service was wrong.
   */
  readonly expectedWrong: {
    readonly rebuilt: number;
    readonly live: number | null;
    readonly chosen: number | null;
  };
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
  /** Nobody knows how many events there were behind the offsets that are accounted for; absent where that is known. */
  readonly lossUnknown?: true;
  /** What was applied of the records of other systems, a source each; absent where there was none. */
  readonly standIns?: readonly PartitionAccount[];
  /** Facts of other systems that were set, a source each, and of how many keys; absent where there were none. */
  readonly facts?: readonly { readonly records: string; readonly facts: number; readonly keys: number }[];
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
  /** Keys of the live state that may live in lost events alone; absent where there are none. */
  readonly kept?: KeptLiveKeys;
  /** Absent where the live state was no candidate. */
  readonly candidates?: CandidateChoice;
  /** What a reader has to know to believe the rest. */
  readonly notes: readonly RunNote[];
  /** Wall time spent in this and earlier attempts; for people, part of no decision. */
  readonly elapsedMs: number;
  /** What the plan expected of it; absent where nothing had been measured. */
  readonly expectedMs?: number;
  readonly eventsPerSecond: number | null;
}
