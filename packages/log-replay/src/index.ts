export { logReplay } from './log-replay.js';
// The few names of core that a program of this strategy needs.
export { defineWorker, openIncident, type IncidentInputs, type Run } from '@eventmend/core';
export { openArchive } from '@eventmend/core/archive';
export { diagnose } from './diagnose/diagnose.js';
export type { DiagnoseOptions } from './diagnose/diagnose-options.js';
export type { Diagnosis, EstimatedMoment, FaultPattern } from './diagnose/diagnosis.js';
export type { Fault, ObservedDifference, Undetermined } from './diagnose/fault.js';
export type { ExplainedState } from './diagnose/follow/compare-with-end.js';
export type { FollowTally } from './diagnose/follow/follow-request.js';
export type { StateExplanations } from './diagnose/from-states/state-explanations.js';
export type { OrderSensitivity } from './diagnose/order-sensitivity/order-sensitivity.js';
export type { MissingEvidence } from './diagnose/missing-evidence.js';
export { diagnosisFiles, readDiagnosis, readFaults, readFaultsByEvent } from './diagnose/fault-files.js';
export { faultsTable } from './diagnose/faults-table.js';
