export {
  type DerivedOrder,
  type OrderSource,
  deriveRecordedOrder,
} from './sources/recorded-order/derive-recorded-order.js';
export { type RecordedOrder, openRecordedOrder } from './sources/recorded-order/recorded-order.js';
export { readRunReport } from './runs/sqlite/read-run-report.js';
export {
  type LaneOutputs,
  type OutputsOfRun,
  type RunCatalogue,
  openRunCatalogue,
} from './runs/sqlite/run-catalogue.js';
export { isVerified } from './model/strategy/verification.js';
export {
  type RunFiles,
  listRunIds,
  prepareRunFolder,
  readRunPlan,
  removeRunFolder,
  runFiles,
} from './runs/sqlite/run-folder.js';
export { type RunLock, lockRun } from './runs/sqlite/run-lock.js';
export { openSqliteRunStore } from './runs/sqlite/sqlite-run-store.js';
export {
  type DatabaseFormat,
  type DurableDatabase,
  type DurableDatabaseOptions,
  openDurableDatabase,
} from './sources/drivers/durable-database.js';
export { type ChainHead, type HeadFile, openHeadFile, readHeadFile } from './sources/drivers/head-file.js';
export { isBusy, storageError, withStorageErrors } from './sources/drivers/storage-error.js';
export { type KeySurvey, type KeyVisitor, checkStoredKeys, surveyKeys } from './runs/keys/survey-keys.js';
export { type KeysRequest, writeKeys } from './runs/keys/write-keys.js';
