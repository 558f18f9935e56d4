import type { PartitionAccount } from '../accounts/accounts.js';
import type { QuarantinedEvent } from '../accounts/quarantined-event.js';
import type { IntendedOutput } from '../outputs/output.js';
import type { Fidelity } from '../provenance/provenance.js';
import type { RunReport } from './run-report.js';
import type { Verdict } from './verdict.js';

/** One recovered value and what it rests on. */
export interface RecoveredState {
  readonly key: string;
  readonly state: unknown;
  readonly fidelity: Fidelity;
  readonly causes: readonly string[];
}

/** A plan that was carried out: what came of it, and the result to read. What is read stands in the store, not in memory. */
export interface Run {
  readonly runId: string;
  readonly verdict: Verdict;
  /** By partition: where every offset of the range went. */
  readonly accounts: readonly PartitionAccount[];
  readonly report: RunReport;
  /**
   * In the order of the keys, each checked against its hash; behind them those that were kept from the live state, in the
   * order in which it has them. @throws RecoveryError `corrupt-run-store`
   */
  states(): Iterable<RecoveredState>;
  /** What the worker intended to send, in order, partition by partition. @throws RecoveryError `corrupt-run-store` */
  outputs(): Iterable<IntendedOutput>;
  /** Events that could not be processed, and were set aside with their keys. */
  quarantined(): Iterable<QuarantinedEvent>;
}
