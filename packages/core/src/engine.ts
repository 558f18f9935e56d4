export { unbalancedAccounts } from './model/accounts/accounts.js';
export { newDraft, removeAbandonedDrafts, removeDraft } from './model/files/draft-files.js';
export { beginNewFile } from './model/files/new-file.js';
export { writeFileDurably } from './model/files/write-file-durably.js';
export { canonicalJson } from './model/json/canonical-json.js';
export { firstDifference } from './model/json/first-difference.js';
export { sameJson } from './model/json/same-json.js';
export { fidelitiesFromWorst } from './model/provenance/provenance.js';
export { isHarmlessHole } from './model/log/event-log.js';
export { describeTime } from './model/event/describe-time.js';
export { describePartition, partitionKey } from './model/log/partition-id.js';
export type { RecordedRanks } from './model/order/recorded-ranks.js';
export type { StateEvidence } from './model/outputs/output.js';
export { type UnnamedPlan, namePlan, parsePlan, runIdOf } from './model/plan/plan-id.js';
export type {
  BaselinePart,
  ExpectedWrongKeys,
  LiveErrorRate,
  NotMixed,
  PlanScope,
  PlannedSums,
  PlanSegment,
  SnapshotFinding,
  WorkerCheck,
} from './model/plan/plan.js';
export type {
  PlanFacts,
  PlanStandIns,
  PlanTotals,
  StandInRows,
  StandInTrial,
  UntriedStandIns,
} from './model/plan/plan-records.js';
export type {
  EnsembleBasis,
  EnsembleKey,
  EnsembleMeasure,
  EnsembleMoment,
  PlannedOff,
  PlannedSum,
} from './model/plan/planned-estimates.js';
export type { BrokenLimit, ChoiceReason, PlanFigures, WeighedStrategy } from './model/plan/recovery-choice.js';
export type { PlacementProblem } from './model/position/placement-problem.js';
export {
  isBeforeOrAt,
  positionFromJson,
  positionToJson,
  sortPosition,
  startOfOrder,
} from './model/position/position.js';
export type { RecordOrder, RecordedDescription, RecordedEventRef } from './model/records/recorded-outputs.js';
export type { EstimatedEvent, GapEstimator, GapToEstimate } from './model/strategy/gap-estimator.js';
export type { AssessWork } from './model/strategy/strategy.js';
export type { OffsetGap } from './model/strategy/assessment.js';
export type { CandidateChoice, FidelitySummary, ScopeSummary } from './model/strategy/run-report.js';
export type { Cause } from './model/provenance/provenance.js';
export type { EarlierText } from './model/strategy/verdict.js';
export type { VerificationCheck } from './model/strategy/verification.js';
export {
  type ConformanceCheck,
  type ConformanceReport,
  conformanceCheckNames,
} from './worker/conformance/conformance-report.js';
export type { TrialEvent } from './worker/conformance/trial-event.js';
export { createWorkerInstance } from './worker/create-worker-instance.js';
export type { OpenWorker } from './worker/describe-worker.js';
export { KeyScan } from './worker/key-scan.js';
export { loadWorkerModule } from './worker/load-worker-module.js';
export { freezeDeeply } from './worker/freeze-deeply.js';
export { migrateState } from './worker/migrate-state.js';
export type {
  EmittedOutput,
  HandlerEffects,
  StateView,
  WorkerBasis,
  WorkerInstance,
} from './worker/worker-instance.js';
export type { ManyKeysWorkerWithInitial } from './worker/worker.js';
export type { MemoryOutput } from './sources/records/memory-recorded-outputs.js';
export { type RecordSettings, openProcessedLedger, openRecordedOutputs } from './sources/records/open-records.js';
export { standardLedgerMapping, standardOutputMapping } from './sources/records/record-mapping.js';
export { orderValuesFor } from './engine/order/order-values.js';
export { amountParser } from './sources/records/parse-amount.js';
export { parseOutputChunk } from './engine/outputs/output-columns.js';
export { PartitionCursor } from './engine/path/partition-cursor.js';
export { Path } from './engine/path/path.js';
export { baselineRows } from './engine/replay/baseline-rows.js';
export { replayHere } from './engine/replay/execute-replay.js';
export { type ReplayInputs, adoptReplayInputs } from './engine/replay/replay-inputs.js';
export { type ReplaySpec, defaultTuning, lanesOf } from './engine/spec/replay-spec.js';
export { createMemoryRunStore } from './engine/store/memory-run-store.js';
export type { QuarantinedEvent } from './model/accounts/quarantined-event.js';
export type { ForcedQuarantine } from './engine/store/run-store.js';
export type { Job } from './engine/threads/job-thread.js';
export type { RunControl } from './engine/threads/run-control.js';
export {
  baselineCandidates,
  placeOf,
  withOrder,
  type BaselineCandidate,
} from './evidence/baseline/baseline-candidates.js';
export { baselinePart, fidelityBehind } from './evidence/baseline/baseline-part.js';
export { chooseCandidate, compareCandidates, worth } from './evidence/baseline/choose-candidate.js';
export { placeByTime, type PlacedByTime } from './evidence/baseline/place-by-time.js';
export { checkedByTransitions, liveErrorRate } from './evidence/baseline/shown-by-transitions.js';
export { SnapshotObjections, withObjections } from './evidence/baseline/snapshot-objections.js';
export { fidelityOf, worstOf } from './model/provenance/provenance.js';
export { comparableState, shortened } from './evidence/compare/comparable-state.js';
export { fieldDifferences } from './evidence/compare/field-differences.js';
export { OutputValues } from './evidence/compare/output-values.js';
export { sameComparable } from './evidence/compare/same-comparable.js';
export {
  recordedDifference,
  sameNumber,
  sameRecorded,
  tolerancesOf,
  type Tolerances,
} from './evidence/compare/recorded-value.js';
export type {
  Correction,
  CorrectionCounts,
  CorrectionReason,
  KeySummary,
  UnknownOutput,
  UnknownReason,
} from './evidence/corrections/correction.js';
export { type FaultKind, faultKinds } from './evidence/corrections/fault-kind.js';
export { type CorrectionChoice, findCorrections } from './evidence/corrections/find-corrections.js';
export { beginningOf, endOf } from './evidence/coverage/boundary-positions.js';
export { compareOverlaps } from './evidence/coverage/compare-overlaps.js';
export {
  coverPartitions,
  damagedOf,
  describeGap,
  eventsOf,
  gapsOf,
  lostBetween,
  lostOf,
  type PartitionCover,
  type ReplayGap,
} from './evidence/coverage/cover-partitions.js';
export { refuseDamage } from './evidence/coverage/refuse-damage.js';
export { isLogless } from './evidence/coverage/survey-logs.js';
export { expectedLoss } from './evidence/coverage/expected-loss.js';
export { gapError } from './evidence/coverage/gap-error.js';
export { actBeforeOf, retentionWarnings } from './evidence/coverage/retention.js';
export { segmentsOf } from './evidence/coverage/plan-segments.js';
export type { LogSurvey, SurveyedLog, SurveyedPartition } from './evidence/coverage/survey-logs.js';
export { type WorkerFacts, inspectWorker } from './evidence/inputs/inspect-worker.js';
export { offsetsOf } from './evidence/inputs/locate-replay.js';
export { assemblePlan } from './evidence/inputs/assemble-plan.js';
export { replayBasis, specBetween } from './evidence/inputs/spec-between.js';
export { type PreparedInputs, prepareInputs, prepareWithLog } from './evidence/inputs/prepare-inputs.js';
export type { ReplayPlanOptions, RecoveryInputs, TargetRequest } from './evidence/inputs/recovery-inputs.js';
export { jobModule, runJob } from './evidence/inputs/run-job.js';
export { OrderIndependentKeys } from './evidence/order/order-independent-keys.js';
export { orderMayMatter } from './evidence/order/order-may-matter.js';
export { type Examination, type ExaminedSnapshot, examineSnapshots } from './evidence/proof/examine-snapshots.js';
export { examineKeys, knownKeyFindings } from './evidence/proof/examine-keys.js';
export type { KeyFindings } from './evidence/proof/key-findings.js';
export { rootAtBeginning } from './evidence/proof/proof-root.js';
export { positionAtTime, type PositionAtTime } from './evidence/proof/position-at-time.js';
export { proveTransitions, type Transition } from './evidence/proof/prove-transitions.js';
export { refuseInterrupted } from './evidence/proof/refuse-interrupted.js';
export { refuseUnreachable } from './evidence/proof/refuse-unreachable.js';
export {
  type ExpectedRun,
  type MeasuredRun,
  type TimedSample,
  expectRun,
  noteSample,
} from './evidence/proof/replay-rate.js';
export { readNote, writeNote } from './evidence/proof/store-note.js';
export { behindOnset } from './evidence/proof/refuse-trusted-behind-onset.js';
export { snapshotWarnings } from './evidence/proof/snapshot-warnings.js';
export { placeOnLog } from './evidence/proof/snapshot-candidates.js';
export type { Evaluation } from './evidence/reference-replay/evaluate-event.js';
export { evaluateOne, keysOfOne } from './evidence/reference-replay/evaluate-one.js';
export { orderValueReader } from './evidence/reference-replay/order-value.js';
export { partitionsOfSpec, ranksOneByOne } from './evidence/reference-replay/partitions-of-spec.js';
export { type RecentIds, createRecentIds } from './evidence/reference-replay/recent-ids.js';
export { type PartitionWalk, type WalkedEvent, walkPartition } from './evidence/reference-replay/walk-partition.js';
export { requireClosureAccepted } from './evidence/scope/require-closure-accepted.js';
export { resolveScope } from './evidence/scope/resolve-scope.js';
export { rowsOfScope } from './evidence/scope/rows-of-scope.js';
export type { PartitionChoice, ScopeRequest } from './evidence/scope/scope-request.js';
export { isWithin, unusedTotals, type ControlTotal, type HeldTotal } from './evidence/totals/control-total.js';
export { examineStates, type ExaminedStates } from './evidence/totals/examine-states.js';
export { momentsOf } from './evidence/totals/moments.js';
export { isOrderCertain } from './evidence/stand-ins/is-order-certain.js';
export { typesOfLogs } from './evidence/stand-ins/types-of-logs.js';
export { endsOf, segmentsBeside } from './evidence/stand-ins/segments-beside.js';
export { writeStandIns } from './evidence/stand-ins/write-stand-ins.js';
export { isInFrontOf } from './evidence/stop-position/is-in-front-of.js';
export type { ResolvedTarget } from './evidence/stop-position/resolve-target.js';
export { targetOfPlan } from './evidence/stop-position/target-of-plan.js';
export type {
  CheckDifference,
  CheckReason,
  CheckVerdict,
  FaultyFinding,
  OutputsCheck,
  ReplayRoot,
  WorkerCheckReport,
} from './evidence/worker-check/check-report.js';
export { isCandidate, type FieldFinding } from './evidence/worker-check/field-tally.js';
export { runWorkerCheck } from './evidence/worker-check/run-worker-check.js';
export type { CorrectionsOfRun } from './runs/corrections/corrections-of-run.js';
export { planKeyLoss } from './runs/candidates/plan-key-loss.js';
export type { ExpectedKeyLoss, PlannedKeyLoss } from './model/plan/key-loss.js';
export { type ExpectedStandIns, expectWrongKeys } from './runs/candidates/expect-wrong-keys.js';
export type { ChosenRecovery } from './runs/choice/choose-recovery.js';
export { type PlanChoice, type WeighedPlan, choosePlan } from './runs/choice/choose-plan.js';
export { brokenLimits, requireLimits } from './runs/choice/limits.js';
export { figuresOf } from './runs/choice/plan-figures.js';
export { bestAssessment } from './runs/choice/best-assessment.js';
export { type PlanPart, partsOfPlan } from './runs/choice/plan-parts.js';
export { recoverRun } from './runs/executor/recover-run.js';
export {
  type ExportTable,
  type QuarantinedRow,
  outputsTable,
  quarantinedTable,
  stateTable,
} from './runs/export/export-table.js';
export { type ExportFormat, writeExport } from './runs/export/write-export.js';
export type { KeyCounts, KeyOfRun, KeyStanding } from './runs/keys/key-of-run.js';
export type { NoLiveValues } from './runs/keys/live-side.js';
export { timePlan } from './runs/times/time-plan.js';
export { type SegmentTimes, timeSegments } from './runs/times/time-segments.js';
export { collectTasks } from './runs/fleet/collect-tasks.js';
export { type FleetFiles, fleetFiles, readFleet } from './runs/fleet/fleet-folder.js';
export type { FleetPlan, FleetTask } from './runs/fleet/fleet-plan.js';
export { type FleetRequest, type PlannedFleet, planFleet } from './runs/fleet/plan-fleet.js';
export { type ReaderRequest, readEvents } from './runs/fleet/read-events.js';
export type { ReaderBooks } from './runs/fleet/reader-books.js';
export type { RereadBooks } from './runs/fleet/reread-books.js';
export { type TaskOutcome, type TaskRequest, runTask } from './runs/fleet/run-task.js';
export type { KeyGroups, Spread, SpreadRefusal } from './runs/fleet/spread.js';
export type { TaskVerification } from './runs/verify/task-verification.js';
export { type VerifyTaskRequest, verifyTask } from './runs/verify/verify-task.js';
export { verifyRun } from './runs/verify/verify-run.js';
export { correctionsOfRun } from './runs/corrections/corrections-of-run.js';
export { correctionsTable } from './runs/corrections/corrections-table.js';
export { checkConformance } from './worker/conformance/check-conformance.js';
export { completeInputs } from './evidence/inputs/complete-inputs.js';
export { openRun } from './runs/executor/open-run.js';
export { errorCatalogue } from './model/errors/error-catalogue.js';
export { describeDamagedRecord } from './sources/log/damaged-records-error.js';
export type { DamagedRecord, LogDamage } from './model/log/log-damage.js';
export { canonicalIdentity, describeEvent } from './model/event/event-identity.js';
export { semanticId } from './model/outputs/semantic-id.js';
export { samePosition } from './model/position/position.js';
export { openReferenceTables } from './sources/reference-tables/open-reference-tables.js';
export { describeWorker, hashWorker } from './worker/describe-worker.js';
export { stateVersionOf } from './worker/migrate-state.js';
export { compareCodePoints } from './sources/snapshots/ndjson/compare-code-points.js';
export {
  type EarlierCheckpoint,
  type SnapshotEndJson,
  type SnapshotHeaderJson,
  parseSnapshotHeader,
} from './sources/snapshots/ndjson/snapshot-lines.js';
export { decodeStoredValues, storedValueBytes, type StoredValue } from './model/log/decode-value.js';
export {
  type Agreement,
  type AgreementClass,
  type AgreementCounts,
  type ClockShift,
  type Lateness,
  agreementAtMost,
  agreementFraction,
} from './evidence/matching/agreement.js';
export { type KnownEvent, type KnownEvents, knownEvents } from './evidence/matching/known-events.js';
export type { MatchOutcome } from './evidence/matching/match-outcome.js';
export { type MatchOptions, matchRecords } from './evidence/matching/match-records.js';
export type { EventPath, MatchRule } from './evidence/matching/match-rule.js';
export {
  type Decimal,
  addDecimals,
  compareDecimals,
  multiplyDecimals,
  negateDecimal,
  parseDecimal,
} from './model/records/decimal.js';
export type { ExternalRecord } from './model/records/external-record.js';
export type {
  AmountMapping,
  ExternalMapping,
  RecordTimeMapping,
  TypeMapping,
} from './sources/records/external-mapping.js';
export {
  type ExternalRecords,
  memoryExternalRecords,
  openExternalRecords,
} from './sources/records/open-external-records.js';
export type { ExternalRecordsConfig } from './evidence/matching/external-records-config.js';
export type { FactsConfig } from './evidence/facts/facts-config.js';
export { findFacts, type FactsWanted, type FoundFacts } from './runs/facts/find-facts.js';
export type { FactStretch } from './runs/facts/run-fact-trial.js';
export { factTopic } from './runs/facts/fact-trial.js';
export { findStandIns } from './evidence/stand-ins/find-stand-ins.js';
export { chooseHidden } from './evidence/stand-ins/choose-hidden.js';
export { type PageWatcher, TimeSampler } from './evidence/stand-ins/time-sampler.js';
export { type HiddenOffsets, hideOffsets } from './evidence/coverage/hide-offsets.js';
export { type TriedWay, tryWay } from './runs/stand-in-trial/try-way.js';
export type { MarkedOutcome } from './runs/stand-in-trial/marked-replay.js';
export type { StandIn, StandInRange, StandIns, StandInSource } from './evidence/stand-ins/stand-in.js';
export type { EventTemplate, MappedField, TemplateField } from './sources/records/event-template.js';
export { infeasibleAssessment } from './model/strategy/infeasible-assessment.js';
export { type DrillOptions, drill } from './runs/drill/run-drill.js';
export type { DrillReport, StrategyScore } from './runs/drill/drill-report.js';
export { heldOutOf } from './runs/drill/held-out.js';
export {
  type DrillFaultKind,
  type DrillLossKind,
  type DrillMix,
  defaultDrillMix,
  drillFaultKinds,
  drillLossKinds,
} from './runs/drill/drill-mix.js';
export type { DrilledStrategy } from './runs/drill/score-strategies.js';
export type { Accusation, DetectionScore, DrillDiagnosis } from './runs/drill/score-detection.js';
export { type DrillBounds, type DrillBreach, bestOf, isFalseClaim, judgeDrill } from './runs/drill/judge-drill.js';
export {
  type PastDrill,
  drillsFolder,
  pastDrill,
  readDrillHistory,
  rememberDrill,
} from './runs/drill/drill-history.js';
export { compareRecoveries, type ComparisonRequest, type MadeComparison } from './runs/compare/compare-recoveries.js';
export type { ComparedKey, KeyFinding } from './runs/compare/compared-key.js';
export type {
  ComparedMeasure,
  ComparedRecovery,
  ComparedSubject,
  Comparison,
  ComparisonReference,
  HeldOutComparison,
  OutputsAgainst,
  RefusedStrategy,
  RunLeftOut,
  StatesAgainst,
  WrongKey,
} from './runs/compare/comparison.js';
export { readComparison } from './runs/compare/keep-comparison.js';
export { type HeldOutFor, keepHeldOut } from './runs/compare/keep-held-out.js';
export { type RecoveryScore, type RightAndWrong, scoreLive, scoreRecovery } from './runs/compare/score-recovery.js';
export { type MadeRuns, makeMissingRuns, type MakingStep } from './runs/compare/make-missing-runs.js';
export type { Truth } from './runs/compare/open-sides.js';
export { openTruth } from './runs/compare/open-truth.js';
export { type PreparedPublication, preparePublication } from './runs/publish/prepare-publication.js';
export type { PublicationRequest } from './runs/publish/publication-request.js';
export type { PublicationReport, PublishedPartition, PublishOptions } from './runs/publish/publish-outbox.js';
export type { PublicationWarning } from './runs/publish/publication-warning.js';
export type { PublicationTarget } from './runs/publish/publication-target.js';
export {
  prepareTablePublication,
  type TablePublicationRequest,
} from './runs/publish/table/prepare-table-publication.js';
export type { TableTarget } from './runs/publish/table/table-target.js';
export { publicationsOfRun, unfinishedPublications } from './runs/publish/publications-of-run.js';
export {
  type GroupRequest,
  type PreparedGroupMove,
  prepareGroupMove,
  prepareGroupUndo,
} from './runs/group/set-group.js';
export type { GroupStep } from './runs/group/group-move.js';
export type { PublicationRow } from './runs/publish/publication-row.js';
export type { LeftAlone, OutboxSeal, PublicationMode, PublicationTime } from './runs/publish/outbox.js';
