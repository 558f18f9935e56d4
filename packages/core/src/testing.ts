export {
  type ContractEvent,
  type ContractPartition,
  type LogContent,
  logContent,
} from './testing/event-log-content.js';
export { type LogFactory, type LogUnderTest, describeEventLogContract } from './testing/event-log-contract.js';
export {
  type ContractRow,
  type RowFactory,
  type RowsUnderTest,
  describeRowSourceContract,
} from './testing/row-source-contract.js';
export { type StoreFactory, type StoreUnderTest, describeRunStoreContract } from './testing/run-store-contract.js';
export { type ScratchFolder, scratchFolder } from './testing/scratch-folder.js';
export {
  type ContractSnapshot,
  type SnapshotFactory,
  type SnapshotsUnderTest,
  describeSnapshotSourceContract,
} from './testing/snapshot-source-contract.js';
export type { TestFramework } from './testing/test-framework.js';
