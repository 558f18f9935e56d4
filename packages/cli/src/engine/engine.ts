import type { EventLog, OpenIncident, RecordedOutputs, ReferenceFiles, Strategy, WorkerSource } from '@eventmend/core';
import type { OpenWorker, ReplayPlanOptions } from '@eventmend/core/engine';
import type { Incident, OpenIncidentOptions } from '@eventmend/core/incident';
import type { EventMapping } from '@eventmend/core/rows';
import type { RunCatalogue, SameIds } from '@eventmend/core/sqlite';
import type { KafkaLogSettings } from '@eventmend/core/kafka';
import type { Diagnosis } from '@eventmend/log-replay';

export type ReplayStrategy = Strategy<ReplayPlanOptions>;

/** What `eventmend archive` is made of. */
export type ArchiveTools = Pick<
  typeof import('@eventmend/core/archive'),
  'importIntoArchive' | 'describeArchive' | 'verifyArchive' | 'exportArchive' | 'sealArchive'
>;

/** What `eventmend diagnose` is made of. */
export type DiagnosisTools = Pick<
  typeof import('@eventmend/log-replay'),
  'diagnose' | 'diagnosisFiles' | 'readFaults' | 'readFaultsByEvent' | 'faultsTable'
>;

/** What `eventmend doctor` looks into rows and names with. */
export type ResourceTools = Pick<
  typeof import('@eventmend/core/engine'),
  'previewStates' | 'previewOutputs' | 'previewLedger' | 'surveyRecords' | 'namesInLog'
>;

/** What `eventmend corrections` is made of. */
export type CorrectionTools = Pick<typeof import('@eventmend/core/engine'), 'correctionsOfRun' | 'correctionsTable'>;

/**
 * What the commands use of the packages below. Everything is opened lazily, so that `--help` loads none of it, and tests
 * hand in their own.
 */
export interface Engine {
  archives(): Promise<ArchiveTools>;
  strategy(incident: OpenIncident): Promise<ReplayStrategy>;
  diagnosis(): Promise<DiagnosisTools>;
  /** The last diagnosis in a store; null where there is none. */
  lastDiagnosis(store: string): Promise<Diagnosis | null>;
  corrections(): Promise<CorrectionTools>;
  workerCheck(): Promise<typeof import('@eventmend/core/engine').runWorkerCheck>;
  /** Opens all that an incident names, once. */
  openIncident: (incident: Incident, options?: OpenIncidentOptions) => Promise<OpenIncident>;
  openArchive(file: string): Promise<EventLog>;
  kafka(): Promise<Pick<typeof import('@eventmend/core/kafka'), 'saveTopics' | 'examineConnection'>>;
  schemas(): Promise<Pick<typeof import('@eventmend/core/schemas'), 'openSchemaRegistry'>>;
  openKafkaLog(settings: KafkaLogSettings): Promise<EventLog>;
  /** With what cannot be read listed in its description. */
  openNdjsonLog(files: readonly string[], mapping: EventMapping): Promise<EventLog>;
  resources(): Promise<ResourceTools>;
  /** Loads a worker with its reference data, to look at and not to replay. */
  openWorker(source: WorkerSource, references: ReferenceFiles): Promise<OpenWorker>;
  countSameIds(outputs: RecordedOutputs): Promise<SameIds>;
  openCatalogue(store: string): Promise<RunCatalogue>;
  /** Ids of all runs of a store, also of those that were killed before they could write a report. */
  runIds(store: string): Promise<readonly string[]>;
}
