export { logReplay, type RunHandle } from './log-replay.js';
export type { PartitionChoice, ScopeRequest } from './scope/scope-request.js';
export { parseWhere } from './scope/where/parse-where.js';
export type { WhereExpression, WhereField, WhereLiteral, WhereOperator } from './scope/where/where-expression.js';
export type { ReplayLog, ReplayPlanOptions, ReplaySituation, ReplayTuning, TargetRequest } from './replay-situation.js';
export { runWorkerCheck, type WorkerCheckOptions } from './check/run-worker-check.js';
export type {
  CheckDifference,
  CheckReason,
  CheckVerdict,
  FaultyFinding,
  OutputAgreement,
  OutputsCheck,
  ReplayRoot,
  WorkerCheckReport,
} from './check/check-report.js';
export type { FieldFinding, FieldLook } from './check/field-tally.js';
export {
  correctionsOfRun,
  type CorrectionPorts,
  type CorrectionsOfRun,
  type StoredCounts,
} from './corrections/corrections-of-run.js';
export {
  findCorrections,
  type CorrectionChoice,
  type Corrections,
  type CorrectionsInput,
} from './corrections/find-corrections.js';
export { correctionsTable } from './corrections/corrections-table.js';
export type { IntendedRun, RunPartition } from './corrections/intended-run.js';
export type {
  Correction,
  CorrectionAction,
  CorrectionCounts,
  CorrectionReason,
  KeySummary,
  ListedBecause,
  UnknownOutput,
  UnknownReason,
} from './corrections/correction.js';
export { diagnose, type DiagnoseOptions } from './diagnose/diagnose.js';
export type { Diagnosis, EstimatedMoment, FaultPattern } from './diagnose/diagnosis.js';
export type { Fault, ObservedDifference, Undetermined } from './diagnose/fault.js';
export { faultKinds, type FaultKind } from './diagnose/fault-kind.js';
export type { ExplainedState } from './diagnose/follow/compare-with-end.js';
export type { FollowTally } from './diagnose/follow/follow-request.js';
export type { StateExplanations } from './diagnose/from-states/state-explanations.js';
export type { OrderSensitivity } from './diagnose/order-sensitivity/order-sensitivity.js';
export type { MissingEvidence } from './diagnose/missing-evidence.js';
export { diagnosisFiles, readDiagnosis, readFaults, readFaultsByEvent } from './diagnose/fault-files.js';
export { faultsTable } from './diagnose/faults-table.js';
