import type { EventLog } from '../../model/log/event-log.js';
import type { OrderSpec } from '../../model/order/order-spec.js';
import type { PoisonPolicy } from '../../model/plan/plan.js';
import type { ProcessedLedger } from '../../model/records/processed-ledger.js';
import type { RecordedOutputs } from '../../model/records/recorded-outputs.js';
import type { ReferenceFiles, WorkerSource } from '../../worker/worker-source.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import type { ControlTotal } from '../totals/control-total.js';
import type { TotalRowsConfig } from '../totals/total-rows-config.js';
import type { DeliveryTopic } from '../../sources/deliveries/delivery-topic.js';
import type { FactsConfig } from '../facts/facts-config.js';
import type { ExternalRecordsConfig } from '../matching/external-records-config.js';
import type { DeclaredGap } from '../coverage/declared-gaps.js';
import type { ScopeRequest } from '../scope/scope-request.js';

/** What a recovery is given of an incident and of what survived it, everything opened once and no default left open. */
export interface RecoveryInputs {
  readonly incident: {
    readonly name: string;
    /** SHA-256 of the incident file's meaning; a plan made for another one is stale. */
    readonly digest: string;
    /** When the error began and ended, in milliseconds; null where unknown or ongoing. */
    readonly onset: number | null;
    readonly end: number | null;
  };
  readonly worker: WorkerSource;
  /** Logs that hold the events, the preferred first; ranges that one lacks are taken from the next. */
  readonly logs: readonly ReplayLog[];
  /** Snapshots of the service, from before and after the onset; null where there are none. */
  readonly snapshots: SnapshotSource | null;
  /** Ids of snapshots that the user declares trusted without proof. */
  readonly trusted: readonly string[];
  /** Of these: the ones that are meant although they were taken behind the onset. None where absent. */
  readonly trustedBehindOnset?: readonly string[];
  /**
   * What no check covered and the user has read: event types, `file:line` or `file:line-line` of the worker's code, and
   * `$.path` of fields that its `normalise` drops. What depends on it is declared then, not unproven.
   */
  readonly reviewed?: readonly string[];
  /** What measures of the worker come to, as somebody else says; none where absent. */
  readonly totals?: readonly ControlTotal[];
  /** Rows of other systems that are totals; read when the inputs are prepared. None where absent. */
  readonly totalRows?: readonly TotalRowsConfig[];
  /** The live state: a source with one snapshot; compared, never written. */
  readonly live: SnapshotSource | null;
  /** What the service really sent; absent or null where nothing was recorded. */
  readonly recordedOutputs?: RecordedOutputs | null;
  /** Which events the service noted as handled; absent or null where it kept no such list. */
  readonly ledger?: ProcessedLedger | null;
  /** What other systems recorded; nothing where absent. Read only by who asks for it. */
  readonly records?: readonly ExternalRecordsConfig[];
  /** What other systems say of the states of keys; nothing where absent. Read only by who asks for it. */
  readonly facts?: readonly FactsConfig[];
  readonly order: OrderSpec;
  readonly poison: PoisonPolicy;
  /** When which version of the service came into force, in milliseconds: what a diagnosis may find faults to begin with. */
  readonly deploys?: readonly { readonly at: number; readonly name: string }[];
  readonly references: ReferenceFiles;
  /** Gaps that nobody holds may stay; the result is then called incomplete. False where absent. */
  readonly acceptGaps?: boolean;
  /** Offsets of which the user says that no event ever stood there; none where absent. */
  readonly declaredGaps?: readonly DeclaredGap[];
  /**
   * Topics whose records deliver events of other topics once more: none of their records is an event of its own. Outputs and
   * ledger name the originals then. None where absent.
   */
  readonly deliveries?: readonly DeliveryTopic[];
  /** Folder of runs, certificates and cached evidence. */
  readonly store: string;
  readonly tuning?: ReplayTuning;
}

export interface ReplayLog {
  readonly log: EventLog;
  /** `external`: events made from the records of another system, which a plan applies beside those of the log. */
  readonly as: 'log' | 'archive' | 'external';
}

/** Knobs of speed and memory; none of them changes a result. */
export interface ReplayTuning {
  /** Threads for partition-local workers; by default one a core, at most one a partition. */
  readonly threads?: number;
  /** Events in one transaction, 50,000 by default. */
  readonly batchEvents?: number;
  /** A transaction is committed after this many milliseconds at the latest, 500 by default. */
  readonly batchMs?: number;
  /** States kept in memory besides the changed ones, 200,000 by default; others are read again from the store. */
  readonly cachedStates?: number;
  /**
   * Whether each thread that handles events has another that reads ahead of it; by default where a core is spare and the
   * recovery long enough.
   */
  readonly readAhead?: boolean;
  /** An event that takes longer is stopped and named, 10,000 by default. */
  readonly eventTimeoutMs?: number;
}

/** Where a replay stops; resolved at planning to an exclusive position on its path. */
export type TargetRequest =
  | { readonly kind: 'end' }
  | { readonly kind: 'time'; readonly time: number }
  /** Up to and including this event. */
  | { readonly kind: 'event'; readonly topic?: string; readonly partition: number; readonly offset: number }
  /** Exclusive end offset by partition; partitions that are not named run to their end. */
  | {
      readonly kind: 'offsets';
      readonly offsets: readonly { readonly topic?: string; readonly partition: number; readonly next: number }[];
    };

export interface ReplayPlanOptions {
  readonly target?: TargetRequest;
  readonly acceptGaps?: boolean;
  /** `auto`: the latest snapshot that is proven (or declared trusted); `genesis`; or the id of one proven or trusted snapshot. */
  readonly baseline?: string;
  /** Limits the recovery to some keys; all where absent. */
  readonly scope?: ScopeRequest;
  /** The user accepts that events draw further keys into the scope. */
  readonly acceptClosure?: boolean;
  /** How long it takes decides: where no run has told that, it is measured, however short the plan is. */
  readonly timed?: boolean;
}
