export type { TestFramework } from './test-framework.js';
export { describeEventLogContract, type LogFactory, type LogUnderTest } from './event-log-contract.js';
export { logContent, type ContractEvent, type ContractPartition, type LogContent } from './event-log-content.js';
export {
  describeSnapshotSourceContract,
  type ContractSnapshot,
  type SnapshotFactory,
  type SnapshotsUnderTest,
} from './snapshot-source-contract.js';
export {
  describeRowSourceContract,
  type ContractRow,
  type RowFactory,
  type RowsUnderTest,
} from './row-source-contract.js';
export { scratchFolder, type ScratchFolder } from './scratch-folder.js';
export { describeRunStoreContract, type StoreFactory, type StoreUnderTest } from './run-store-contract.js';
