import type {
  EventLog,
  RecordedOutputs,
  ReferenceFiles,
  SnapshotSource,
  Strategy,
  OpenWorker,
  WorkerSource,
} from '@eventmend/core';
import type { EventMapping } from '@eventmend/core/records';
import type { DerivedOrder, OrderSource, RunCatalogue, SameIds } from '@eventmend/core/sqlite';
import type { KafkaLogSettings } from '@eventmend/log-replay/kafka';
import type { Diagnosis, ReplayPlanOptions, ReplaySituation, RunHandle } from '@eventmend/log-replay';

export type ReplayStrategy = Strategy<ReplaySituation, ReplayPlanOptions, RunHandle>;

/** What `eventmend archive` is made of. */
export type ArchiveTools = Pick<
  typeof import('@eventmend/log-replay/archive'),
  | 'savedIsolation'
  | 'savedSchemas'
  | 'importIntoArchive'
  | 'describeArchive'
  | 'verifyArchive'
  | 'exportArchive'
  | 'sealArchive'
>;

/** What `eventmend diagnose` is made of. */
export type DiagnosisTools = Pick<
  typeof import('@eventmend/log-replay'),
  'diagnose' | 'diagnosisFiles' | 'readFaults' | 'faultsTable'
>;

/** What live state, snapshots and records in rows of other systems are opened with. */
export type ResourceTools = Pick<
  typeof import('@eventmend/core'),
  | 'combineSnapshots'
  | 'openRowSnapshots'
  | 'openRecordedOutputs'
  | 'openProcessedLedger'
  | 'previewStates'
  | 'previewOutputs'
  | 'previewLedger'
  | 'surveyRecords'
  | 'namesInLog'
>;

/** What `eventmend corrections` is made of. */
export type CorrectionTools = Pick<
  typeof import('@eventmend/log-replay'),
  'correctionsOfRun' | 'correctionsTable' | 'readFaultsByEvent'
>;

/**
 * What the commands use of the packages below. Everything is opened lazily, so that `--help` loads none of it, and tests
 * hand in their own.
 */
export interface Engine {
  archives(): Promise<ArchiveTools>;
  strategy(): Promise<ReplayStrategy>;
  diagnosis(): Promise<DiagnosisTools>;
  /** The last diagnosis in a store; null where there is none. */
  lastDiagnosis(store: string): Promise<Diagnosis | null>;
  corrections(): Promise<CorrectionTools>;
  workerCheck(): Promise<typeof import('@eventmend/log-replay').runWorkerCheck>;
  openArchive(file: string): Promise<EventLog>;
  kafka(): Promise<Pick<typeof import('@eventmend/log-replay/kafka'), 'saveTopics' | 'examineConnection'>>;
  schemas(): Promise<Pick<typeof import('@eventmend/log-replay/schemas'), 'withSchemas' | 'openSchemaRegistry'>>;
  openKafkaLog(settings: KafkaLogSettings): Promise<EventLog>;
  openNdjsonLog(files: readonly string[], mapping: EventMapping): Promise<EventLog>;
  /** What opens the other things that a service left. */
  resources(): Promise<ResourceTools>;
  /** Loads a worker with its reference data, to look at and not to replay. */
  openWorker(source: WorkerSource, references: ReferenceFiles): Promise<OpenWorker>;
  countSameIds(outputs: RecordedOutputs): Promise<SameIds>;
  deriveRecordedOrder(records: OrderSource, using: 'order' | 'time', file: string): Promise<DerivedOrder>;
  openSnapshots(paths: readonly string[]): Promise<SnapshotSource>;
  openCatalogue(store: string): Promise<RunCatalogue>;
  /** Ids of all runs of a store, also of those that were killed before they could write a report. */
  runIds(store: string): Promise<readonly string[]>;
}
