export type { AccountTotals, PartitionAccount } from './model/accounts/accounts.js';
export { type ErrorCode, exitCodes } from './model/errors/error-catalogue.js';
export { RecoveryError, isRecoveryError, isWorkerError } from './model/errors/recovery-error.js';
export type { Offset } from './model/event/offset.js';
export type {
  EventLog,
  HoleReason,
  LogDescription,
  LogHole,
  LogLocator,
  OffsetRange,
  PageReader,
  PartitionDescription,
  ReadRequest,
} from './model/log/event-log.js';
export { type EventHeaders, EventPage } from './model/log/event-page.js';
export type { PartitionId } from './model/log/partition-id.js';
export type { OrderSpec } from './model/order/order-spec.js';
export type { IntendedOutput, OutputDeclaration, OutputKind } from './model/outputs/output.js';
export type { LossEstimate } from './model/plan/loss-estimate.js';
export type { Plan, PoisonPolicy } from './model/plan/plan.js';
export type { StrategyName } from './model/plan/strategy-name.js';
export type { RecoveryChoice, RecoveryLimits } from './model/plan/recovery-choice.js';
export type { PartitionPosition, Position } from './model/position/position.js';
export type { Fidelity } from './model/provenance/provenance.js';
export type { LedgerEntry, ProcessedLedger } from './model/records/processed-ledger.js';
export type { RecordedOutput, RecordedOutputs } from './model/records/recorded-outputs.js';
export type { SnapshotDescription, SnapshotRow, SnapshotSource } from './model/snapshots/snapshot-source.js';
export type { Assessment } from './model/strategy/assessment.js';
export type { LiveComparison } from './model/strategy/live-comparison.js';
export type { Resource } from './model/strategy/resource.js';
export type { RunReport } from './model/strategy/run-report.js';
export type { LongWork, ProgressReport, Strategy } from './model/strategy/strategy.js';
export type { Verdict } from './model/strategy/verdict.js';
export type { Verification } from './model/strategy/verification.js';
export { defineWorker } from './worker/define-worker.js';
export type { ReferenceFiles, WorkerSource } from './worker/worker-source.js';
export {
  type ManyKeysHandler,
  type SingleKeyHandler,
  type StatesOfKeys,
  type Worker,
  type WorkerContext,
  type WorkerDefinition,
  type WorkerEvent,
  deleted,
} from './worker/worker.js';
export { type MemoryEvent, createMemoryLog } from './sources/log/memory-log.js';
export { openNdjsonLog } from './sources/ndjson/open-ndjson-log.js';
export { createMemoryLedger } from './sources/records/memory-ledger.js';
export { createMemoryRecordedOutputs } from './sources/records/memory-recorded-outputs.js';
export { type MemorySnapshot, createMemorySnapshots } from './sources/snapshots/memory-snapshots.js';
export { openNdjsonSnapshots } from './sources/snapshots/ndjson/open-ndjson-snapshots.js';
export { writeNdjsonSnapshot } from './sources/snapshots/ndjson/write-ndjson-snapshot.js';
export { openRowSnapshots } from './sources/snapshots/rows/open-row-snapshots.js';
export type { RecoveredState, Run } from './model/strategy/run.js';
export type { IncidentInputs } from './evidence/inputs/complete-inputs.js';
export { openIncident, type IncidentSettings } from './incident/open/open-incident.js';
export type { OpenIncident } from './incident/open/opened-incident.js';
export { chooseRecovery } from './runs/choice/choose-recovery.js';
export { foldLog } from './runs/executor/fold-log.js';
export type { FoldedLog } from './runs/executor/folded-log.js';
