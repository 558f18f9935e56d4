import type { OpenIncident, Strategy } from '@eventmend/core';
import type { ReplayPlanOptions } from '@eventmend/core/engine';
import type { Incident, OpenIncidentOptions } from '@eventmend/core/incident';
import type { RunCatalogue } from '@eventmend/core/sqlite';
import type { Diagnosis } from '@eventmend/log-replay';

export type ReplayStrategy = Strategy<ReplayPlanOptions>;

/** All strategies, from the best tier to the last. */
export const strategies = ['log-replay', 'checkpoint', 'estimation'] as const;
export type ChosenStrategy = (typeof strategies)[number];
/** What may be asked for: one of the strategies, or the best of them. */
export const strategyNames = ['auto', ...strategies] as const;

/** What `eventmend archive` is made of. */
export type ArchiveTools = Pick<
  typeof import('@eventmend/core/archive'),
  'importIntoArchive' | 'describeArchive' | 'verifyArchive' | 'exportArchive' | 'rewriteArchive' | 'sealArchive'
>;

/** What `eventmend checkpoint` is made of. */
type CheckpointTools = Pick<
  typeof import('@eventmend/checkpoint'),
  | 'examineCheckpoints'
  | 'openCheckpoint'
  | 'diffCheckpoints'
  | 'pruneCheckpoints'
  | 'restoreCheckpoint'
  | 'noteReproduced'
>;

/** What `eventmend estimate` is made of. */
type EstimationTools = Pick<
  typeof import('@eventmend/estimation'),
  | 'readTable'
  | 'seriesOfTable'
  | 'estimateGap'
  | 'estimateKeys'
  | 'readBookings'
  | 'readTotals'
  | 'parsePeriod'
  | 'explainGap'
  | 'fitToTotals'
  | 'levelHolding'
  | 'compareBooks'
>;

/** What `eventmend diagnose` is made of. */
type DiagnosisTools = Pick<
  typeof import('@eventmend/log-replay'),
  'diagnose' | 'diagnosisFiles' | 'readFaults' | 'readFaultsByEvent' | 'faultsTable'
>;

/** What `eventmend corrections` is made of. */
type CorrectionTools = Pick<typeof import('@eventmend/core/engine'), 'correctionsOfRun' | 'correctionsTable'>;

/** What `eventmend drill` is made of. */
type DrillTools = Pick<
  typeof import('@eventmend/core/engine'),
  | 'drill'
  | 'judgeDrill'
  | 'isFalseClaim'
  | 'bestOf'
  | 'pastDrill'
  | 'rememberDrill'
  | 'readDrillHistory'
  | 'drillsFolder'
  | 'heldOutOf'
  | 'keepHeldOut'
>;

/** What `eventmend compare` is made of. */
type ComparisonTools = Pick<
  typeof import('@eventmend/core/engine'),
  'compareRecoveries' | 'makeMissingRuns' | 'openTruth'
>;
/** What `eventmend fleet` is made of. */
type FleetTools = Pick<
  typeof import('@eventmend/core/engine'),
  'planFleet' | 'readEvents' | 'runTask' | 'verifyTask' | 'collectTasks' | 'fleetFiles' | 'readFleet' | 'completeInputs'
>;
/** What `eventmend publish` is made of. */
type PublicationTools = Pick<typeof import('@eventmend/core/engine'), 'preparePublication' | 'prepareTablePublication'>;
/** What `eventmend move-group` is made of. */
type GroupTools = Pick<typeof import('@eventmend/core/engine'), 'prepareGroupMove' | 'prepareGroupUndo'>;
/** What `eventmend report` reads of a run, besides what other commands do. */
type ReportTools = Pick<
  typeof import('@eventmend/core/engine'),
  'inspectWorker' | 'readComparison' | 'timeSegments' | 'publicationsOfRun' | 'unfinishedPublications'
> &
  Pick<typeof import('@eventmend/core/sqlite'), 'checkStoredKeys' | 'surveyKeys' | 'writeKeys'> &
  Pick<typeof import('@eventmend/core/archive'), 'openArchive'>;

/**
 * What the commands use of the packages below. Everything is opened lazily, so that `--help` loads none of it, and tests
 * hand in their own.
 */
export interface Engine {
  archives(): Promise<ArchiveTools>;
  checkpoints(): Promise<CheckpointTools>;
  /** `log-replay` where no other is named. Runs of both are carried on and verified by either. */
  strategy(incident: OpenIncident, name?: ChosenStrategy): Promise<ReplayStrategy>;
  /**
   * All strategies, the better tier first.
   * @param withEstimates checkpoint puts estimates in the place of what no record stands in for
   */
  strategies(incident: OpenIncident, withEstimates: boolean): readonly ReplayStrategy[];
  estimation(): Promise<EstimationTools>;
  diagnosis(): Promise<DiagnosisTools>;
  /** The last diagnosis in a store; null where there is none. */
  lastDiagnosis(store: string): Promise<Diagnosis | null>;
  corrections(): Promise<CorrectionTools>;
  drills(): Promise<DrillTools>;
  comparison(): Promise<ComparisonTools>;
  publication(): Promise<PublicationTools>;
  fleet(): Promise<FleetTools>;
  groups(): Promise<GroupTools>;
  report(): Promise<ReportTools>;
  workerCheck(): Promise<typeof import('@eventmend/core/engine').runWorkerCheck>;
  /** Opens all that an incident names, once. */
  openIncident: (incident: Incident, options?: OpenIncidentOptions) => Promise<OpenIncident>;
  kafka(): Promise<Pick<typeof import('@eventmend/core/kafka'), 'saveTopics'>>;
  schemas(): Promise<Pick<typeof import('@eventmend/core/schemas'), 'openSchemaRegistry'>>;
  openCatalogue(store: string): Promise<RunCatalogue>;
  /** Ids of all runs of a store, also of those that were killed before they could write a report. */
  runIds(store: string): Promise<readonly string[]>;
}
