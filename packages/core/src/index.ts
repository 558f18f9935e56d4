export { RecoveryError, isRecoveryError, type RecoveryErrorDetails } from './errors/recovery-error.js';
export { errorCatalogue, exitCodes, type ErrorCode } from './errors/error-catalogue.js';
export { parseOffset, type Offset } from './event/offset.js';
export {
  canonicalIdentity,
  describeEvent,
  type EventIdentity,
  type ExternalEventIdentity,
  type LogEventIdentity,
  type SyntheticEventIdentity,
} from './event/event-identity.js';
export { comparePartitions, describePartition, partitionKey, type PartitionId } from './log/partition-id.js';
export {
  EventPage,
  type DecodedValues,
  type EventHeaders,
  type HeaderValue,
  type EventPageColumns,
  type Undecodable,
} from './log/event-page.js';
export {
  isHarmlessHole,
  type EventLog,
  type HoleReason,
  type LogDescription,
  type LogHole,
  type LogLocator,
  type OffsetRange,
  type PageReader,
  type PartitionDescription,
  type ReadRequest,
} from './log/event-log.js';
export { openLocator } from './log/open-locator.js';
export {
  samePosition,
  sortPosition,
  startOfOrder,
  type PartitionOrderState,
  type PartitionPosition,
  type PartitionPositionJson,
  type Position,
} from './position/position.js';
export { confirmationWindow, defaultMaxStepMs, type OrderCounts, type OrderSpec } from './order/order-spec.js';
export {
  totalAccounts,
  unbalancedAccounts,
  type AccountTotals,
  type PartitionAccount,
  type SkipReason,
} from './account/accounts.js';
export {
  fidelityOf,
  type Basis,
  type Cause,
  type Fidelity,
  type SegmentSource,
  type WorkerStanding,
} from './provenance/provenance.js';
export { semanticId, type OutputIdentity } from './outputs/semantic-id.js';
export type { IntendedOutput, OutputDeclaration, OutputKind, Revelation } from './outputs/output.js';
export type {
  RecordedDescription,
  RecordedEventRef,
  RecordedOutput,
  RecordedOutputs,
  RecordOrder,
} from './service/recorded-outputs.js';
export type { LedgerEntry, ProcessedLedger } from './service/processed-ledger.js';
export {
  createMemoryRecordedOutputs,
  type MemoryOutput,
  type MemoryRecordOptions,
} from './service/memory-recorded-outputs.js';
export {
  openProcessedLedger,
  openRecordedOutputs,
  type RecordLocation,
  type RecordSettings,
} from './service/open-records.js';
export type { LogInput, RecordInput } from './service/record-rows.js';
export { previewLedger, previewOutputs, previewStates } from './service/preview-resources.js';
export { surveyRecords, type RecordSurvey, type RecordedPartition } from './service/survey-records.js';
export { namesInLog, type NamesNotFound } from './service/names-in-log.js';
export {
  standardLedgerMapping,
  standardOutputMapping,
  type EventReferenceMapping,
  type Given,
  type LedgerMapping,
  type OutputMapping,
} from './service/record-mapping.js';
export { createMemoryLedger, type MemoryLedgerEntry } from './service/memory-ledger.js';
export type { LossEstimate } from './plan/loss-estimate.js';
export type {
  BaselinePart,
  KeyScope,
  Plan,
  PlanLog,
  PlanScope,
  PlannedRange,
  PlanSegment,
  PlanTarget,
  PoisonPolicy,
  ScopeJoin,
  SnapshotFinding,
  StrategyName,
  WorkerCheck,
} from './plan/plan.js';
export type { SnapshotDescription, SnapshotListing, SnapshotRow, SnapshotSource } from './snapshot/snapshot-source.js';
export type { Assessment, OffsetGap } from './strategy/assessment.js';
export type { LiveComparison } from './strategy/live-comparison.js';
export type { Resource } from './strategy/resource.js';
export type { EarlierText, Verdict } from './strategy/verdict.js';
export type { Verification, VerificationCheck } from './strategy/verification.js';
export type { PlacementProblem } from './position/placement-problem.js';
export type {
  FidelitySummary,
  LongWork,
  ProgressReport,
  RunReport,
  ScopeSummary,
  Strategy,
} from './strategy/strategy.js';
export type {
  Deduplication,
  EmitOptions,
  ManyKeysHandler,
  ManyKeysWorker,
  ManyKeysWorkerWithInitial,
  SingleKeyHandler,
  SingleKeyWorker,
  SingleKeyWorkerWithInitial,
  StateCodec,
  StateMigration,
  StatesOfKeys,
  Upcaster,
  ValidityRange,
  Worker,
  WorkerContext,
  WorkerDefinition,
  WorkerEvent,
} from './worker/worker.js';
export type {
  EmittedOutput,
  HandlerEffects,
  StateView,
  WorkerBasis,
  WorkerInstance,
} from './worker/worker-instance.js';
export type { ProcessSource, ReferenceFiles, WorkerLocator, WorkerSource } from './worker/worker-source.js';
export { defaultEventTimeoutMs, describeWorker, hashWorker, type OpenWorker } from './worker/describe-worker.js';
export { openWorker } from './worker/open-worker.js';
export { KeyScan, type ScannedEvent } from './worker/key-scan.js';
export type { AppliedBatch, BatchWorker, NamedKeys, SentBatch, SentEvent } from './worker/process/batch-worker.js';
export type { EventEffects } from './worker/process/read-effects-answer.js';
export { deleted } from './worker/worker.js';
export { defineWorker, isWorker } from './worker/define-worker.js';
export { createWorkerInstance, type WorkerInstanceOptions } from './worker/create-worker-instance.js';
export { checkDeterminism } from './worker/check-determinism.js';
export {
  referenceTable,
  type ReferenceRow,
  type ReferenceTable,
  type ReferenceTables,
} from './worker/reference-data.js';
export { canonicalJson } from './json/canonical-json.js';
export { fieldPath, firstDifference, type Difference } from './json/first-difference.js';
export { sameJson } from './json/same-json.js';
export { explainNotPlain, type NotPlainFinding } from './json/explain-not-plain.js';
export {
  beginNewFile,
  outputsTable,
  quarantinedTable,
  stateTable,
  writeExport,
  type ColumnType,
  type ExportColumn,
  type ExportFormat,
  type ExportRequest,
  type ExportTable,
  type NewFile,
  type QuarantinedRow,
  type StateRow,
} from './export/index.js';
export { createMemoryLog, type MemoryEvent, type MemoryLogOptions, type MemoryPartition } from './log/memory-log.js';
export { openNdjsonLog, type NdjsonLogLocation, type NdjsonLogOptions } from './log/ndjson/open-ndjson-log.js';
export { createMemorySnapshots, type MemorySnapshot } from './snapshot/memory-snapshots.js';
export {
  openNdjsonSnapshots,
  type NdjsonSnapshotLocation,
  type NdjsonSnapshotOptions,
} from './snapshot/ndjson/open-ndjson-snapshots.js';
export { combineSnapshots, type CombinedLocation } from './snapshot/combine-snapshots.js';
export {
  openRowSnapshots,
  type RowSnapshotLocation,
  type RowSnapshotOptions,
} from './snapshot/rows/open-row-snapshots.js';
export type { RowSnapshot, StateMapping } from './snapshot/rows/row-snapshot.js';
export { writeNdjsonSnapshot, type SnapshotToWrite } from './snapshot/ndjson/write-ndjson-snapshot.js';
export type { SnapshotEndJson } from './snapshot/ndjson/snapshot-lines.js';
export { loadWorkerModule } from './worker/load-worker-module.js';
export { hashWorkerModule } from './worker/hash-worker-module.js';
export { digestReferences, openReferenceTables, type ReferencePin } from './worker/open-reference-tables.js';
export { migrateState, stateVersionOf } from './worker/migrate-state.js';
export { positionFromJson, positionToJson } from './position/position.js';
export { orderValuesFor, type OrderValues } from './order/order-values.js';
export type { RecordedRanks } from './order/recorded-ranks.js';
export { MergeTree } from './order/merge-tree.js';
export { Path } from './path/path.js';
export { PartitionCursor, type PathPartition } from './path/partition-cursor.js';
export { coverRange, type CoveredRange, type RangeSource } from './plan/cover-ranges.js';
export { namePlan, parsePlan, planId, runIdOf, type UnnamedPlan } from './plan/plan-id.js';
export { specOfPlan, type ReplayablePlan } from './run/spec-of-plan.js';
export {
  defaultTuning,
  lanesOf,
  type ReplaySpec,
  type RunTuning,
  type SpecPartition,
  type SpecRange,
} from './run/replay-spec.js';
export type { LaneObserver } from './fold/lane-observer.js';
export type { LaneStop } from './fold/lane.js';
export { openLane, type OpenLane, type OpenReplay } from './run/open-lane.js';
export { runLanes, type LanesOutcome } from './run/run-lanes.js';
export {
  localControl,
  replayHere,
  replayInThreads,
  type ReplayProgress,
  type ReplayWork,
  type ThreadedReplay,
} from './run/execute-replay.js';
export { adoptReplayInputs, type ReplayInputs, type ReplayLocators } from './run/replay-inputs.js';
export { baselineRows } from './run/baseline-rows.js';
export { uncontrolled, type RunControl } from './run/run-control.js';
export { createMemoryRunStore, type MemoryRunStore, type MemoryRunStoreOptions } from './run/store/memory-run-store.js';
export {
  baselineLane,
  type BaselineRow,
  type BaselineSummary,
  type ForcedQuarantine,
  type LaneCommit,
  type LaneHead,
  type LaneNumber,
  type LanePartition,
  type LaneStore,
  type OutputChunk,
  type ProvenanceGroup,
  type QuarantinedEvent,
  type RunStore,
  type StateWrite,
  type StoredState,
} from './run/store/run-store.js';
export { superviseReplay, type WatchedPartitions } from './run/supervise-replay.js';
export type { Job } from './thread/job-thread.js';
export { hashState, StateDigest } from './digest/state-digest.js';
export {
  chainOutputChunk,
  combineOutputChains,
  emptyOutputChain,
  hashOutputChunk,
  outputsPerChunk,
} from './digest/output-digest.js';
export { parseOutputChunk, type ChunkedOutput } from './outputs/output-columns.js';
export { summariseRun, type RunSummary } from './report/summarise-run.js';
export { causeLookup, summariseFidelity, type CauseLookup } from './report/key-fidelity.js';
export { judgeRun } from './report/judge-run.js';
export { writeFileDurably } from './files/write-file-durably.js';
export { checkConformance, type ConformanceOptions } from './worker/process/conformance/check-conformance.js';
export {
  conformanceCheckNames,
  type ConformanceCheck,
  type ConformanceCheckName,
  type ConformanceReport,
} from './worker/process/conformance/conformance-report.js';
export type { TrialEvent } from './worker/process/conformance/trial-event.js';
export type { ProcessCommand } from './worker/process/process-link.js';
