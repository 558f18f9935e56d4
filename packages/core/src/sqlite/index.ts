export {
  openRunCatalogue,
  passed,
  type LaneOutputs,
  type OutputsOfRun,
  type RecoveredState,
  type RunCatalogue,
} from './run-catalogue.js';
export { listRunIds, prepareRunFolder, readRunPlan, removeRunFolder, runFiles, type RunFiles } from './run-folder.js';
export { lockRun, type RunLock } from './run-lock.js';
export { readRunReport } from './read-run-report.js';
export { openRecordedOrder, type RecordedOrder } from './recorded-order.js';
export { openSqliteRunStore } from './sqlite-run-store.js';
export { deriveRecordedOrder, type DerivedOrder, type OrderSource } from './derive-recorded-order.js';
export { countSameIds, type SameIds } from './count-same-ids.js';
