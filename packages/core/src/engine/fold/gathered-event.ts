import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { StateFact } from '../../model/records/state-fact.js';
import type { EventCursor } from '../path/event-path.js';
import type { BatchWorker, SentEvent } from '../../worker/process/batch-worker.js';

/** What the books will need of something that was taken off the path and is not booked yet. */
export interface Gathered {
  readonly id: PartitionId;
  readonly place: number;
  readonly offset: number;
  readonly segment: number;
  readonly flag: number;
  readonly order: number;
  readonly clock: number;
}

export interface GatheredEvent extends Gathered {
  /** What the worker is sent, or why it cannot be. */
  readonly sent: SentEvent | RecoveryError;
}

/** A fact, which no worker is sent. */
export interface GatheredFact extends Gathered {
  readonly key: string;
  readonly fact: StateFact;
}

/** Takes down the event that a cursor stands at. */
export function gatherEvent(cursor: EventCursor, worker: BatchWorker): GatheredEvent {
  const gathered = gather(cursor);
  return { ...gathered, sent: sentOrRefused(cursor, worker, gathered.clock) };
}

export function gatherFact(cursor: EventCursor): GatheredFact {
  const { keys, values } = cursor.page as NonNullable<typeof cursor.page>;
  const { index } = cursor;
  return { ...gather(cursor), key: keys[index] ?? '', fact: values[index] as StateFact };
}

function gather(cursor: EventCursor): Gathered {
  const { id, place, segment, index } = cursor;
  return {
    id,
    place,
    offset: cursor.offsets[index] as number,
    segment,
    flag: cursor.flags[index] as number,
    order: cursor.order[index] as number,
    clock: cursor.clock[index] as number,
  };
}

function sentOrRefused(cursor: EventCursor, worker: BatchWorker, clock: number): SentEvent | RecoveryError {
  try {
    return worker.sent(cursor.page as NonNullable<typeof cursor.page>, cursor.index, cursor.id, clock);
  } catch (error) {
    if (isRecoveryError(error)) return error;
    throw error;
  }
}
