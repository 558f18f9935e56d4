import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { PartitionCursor } from '../path/partition-cursor.js';
import type { BatchWorker, SentEvent } from '../../worker/process/batch-worker.js';

/** An event that was taken off the path and is not booked yet, with all that its books will need. */
export interface GatheredEvent {
  readonly id: PartitionId;
  readonly place: number;
  readonly offset: number;
  readonly segment: number;
  readonly flag: number;
  readonly order: number;
  readonly clock: number;
  /** What the worker is sent, or why it cannot be. */
  readonly sent: SentEvent | RecoveryError;
}

/** Takes down the event that a cursor stands at. */
export function gatherEvent(cursor: PartitionCursor, worker: BatchWorker): GatheredEvent {
  const { index } = cursor;
  const clock = cursor.clock[index] as number;
  return {
    id: cursor.id,
    place: cursor.place,
    offset: cursor.offsets[index] as number,
    segment: cursor.segment,
    flag: cursor.flags[index] as number,
    order: cursor.order[index] as number,
    clock,
    sent: sentOrRefused(cursor, worker, clock),
  };
}

function sentOrRefused(cursor: PartitionCursor, worker: BatchWorker, clock: number): SentEvent | RecoveryError {
  try {
    return worker.sent(cursor.page as NonNullable<typeof cursor.page>, cursor.index, cursor.id, clock);
  } catch (error) {
    if (isRecoveryError(error)) return error;
    throw error;
  }
}
