import type { OrderSpec } from '../../model/order/order-spec.js';
import type { PoisonPolicy } from '../../model/plan/plan.js';
import type { ReferenceFiles, WorkerLocator } from '../../worker/worker-source.js';
import type { EventMapping } from '../../sources/rows/event-mapping.js';
import type { ReplayTuning } from '../../evidence/inputs/recovery-inputs.js';
import type { KafkaLogSettings } from '../../sources/kafka/log/open-kafka-log.js';
import type { DeliveryTopic } from '../../sources/deliveries/delivery-topic.js';
import type { DeclaredGap } from '../../evidence/coverage/declared-gaps.js';
import type { ControlTotal } from '../../evidence/totals/control-total.js';
import type { FactsConfig } from '../../evidence/facts/facts-config.js';
import type { TotalRowsConfig } from '../../evidence/totals/total-rows-config.js';
import type { ExternalRecordsConfig } from '../../evidence/matching/external-records-config.js';
import type { LogSchemas } from './log-schemas-of.js';
import type { LedgerConfig, OutputsConfig, StateConfig } from './live-resources.js';

/** An incident file as the commands use it: defaults filled in, times and durations in milliseconds, paths absolute. */
export interface Incident {
  readonly file: string;
  readonly name: string;
  /** SHA-256 of what the file means. */
  readonly digest: string;
  readonly worker: WorkerLocator;
  readonly log: {
    readonly archives: readonly string[];
    /** Null where none is named. */
    readonly kafka: KafkaLogSettings | null;
    /** Null where values are JSON. */
    readonly schemas: LogSchemas | null;
    readonly ndjson: readonly string[];
    readonly mapping: EventMapping;
    readonly topics: readonly string[] | null;
    /** Gaps that are known to have held no event. */
    readonly gaps: readonly DeclaredGap[];
  };
  /** Dead-letter and retry topics. */
  readonly deliveries: readonly DeliveryTopic[];
  readonly order: OrderSpec;
  /** Which records of the service the recorded order is taken from; null where a file holds it, or there is none. */
  readonly derivedOrder: { readonly from: 'outputs' | 'ledger'; readonly using: 'order' | 'time' } | null;
  readonly onset: number | null;
  readonly end: number | null;
  readonly snapshots: readonly StateConfig[];
  readonly trusted: readonly string[];
  readonly trustedBehindOnset: readonly string[];
  readonly reviewed: readonly string[];
  readonly live: {
    readonly state: StateConfig | null;
    readonly outputs: OutputsConfig | null;
    readonly ledger: LedgerConfig | null;
  };
  /** The names of all that other systems recorded, in the order of the file. */
  readonly recordNames: readonly string[];
  /** Of these: what stands for events. */
  readonly records: readonly ExternalRecordsConfig[];
  /** What says of keys what their states were. */
  readonly facts: readonly FactsConfig[];
  /** What says what a measure came to, a row each time. */
  readonly totalRows: readonly TotalRowsConfig[];
  /** What measures of the worker come to, as somebody else says. */
  readonly totals: readonly ControlTotal[];
  readonly deploys: readonly { readonly at: number; readonly name: string }[];
  readonly references: ReferenceFiles;
  readonly poison: PoisonPolicy;
  readonly acceptGaps: boolean;
  /** Fields that no report shows, as they are written: `$.card`, `key`. */
  readonly masked: readonly string[];
  readonly store: string;
  readonly tuning: ReplayTuning;
}
