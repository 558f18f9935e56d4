export { checkpointRecovery, type CheckpointRecoverySettings } from './checkpoint-recovery.js';
export type { EstimatedEvent, GapEstimator, GapToEstimate } from '@eventmend/core/engine';
// The few names of core that a program of this package needs.
export { defineWorker, openIncident, type IncidentInputs, type Run } from '@eventmend/core';
export type { AppliedBatch, Checkpointer, UnsentOutput, UnsentRequest } from './live/checkpointer.js';
export { openCheckpointer } from './live/open-checkpointer.js';
export type { CheckpointerSettings } from './live/checkpointer-settings.js';
export { runConsumer, type ConsumerToRun } from './kafka/run-consumer.js';
export type { CheckpointerMetrics } from './live/live-metrics.js';
export type { LiveBatch, LiveEvent } from './live/live-batch.js';
export type { PartitionToTake } from './live/held-partitions.js';
export type { CopyTarget } from './files/copy-checkpoint.js';
export type { KeepingPolicy } from './history/choose-expired.js';
export {
  checkProcessing,
  type KeyProcessing,
  type ProcessingReport,
  type ProcessingToCheck,
} from './history/check-processing.js';
export { openCheckpoint, type OpenCheckpoint } from './history/checkpoint-rows.js';
export { diffCheckpoints, type CheckpointDifference, type KeyDifference } from './history/diff-checkpoints.js';
export {
  examineCheckpoints,
  type ChainBreak,
  type CheckpointProblem,
  type ExaminedCheckpoint,
  type ExaminedCheckpoints,
} from './history/examine-checkpoints.js';
export { pruneCheckpoints, type PrunedCheckpoints } from './history/prune-checkpoints.js';
export { restoreCheckpoint, type RestoredCheckpoint } from './history/restore-checkpoint.js';
export { noteProven, noteReproduced, readProven, type ProvenCheckpoint } from './history/proven-checkpoints.js';
export type { ProcessingProof } from './live/processing-proof.js';
export type { CheckpointHeaderJson } from './files/checkpoint-file.js';
export type { ExaminedStore } from './store/examine-store.js';
export type { StateRow } from './store/state-row.js';
