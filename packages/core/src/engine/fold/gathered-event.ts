import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { StateFact } from '../../model/records/state-fact.js';
import type { EventCursor } from '../path/event-path.js';
import type { EventPage } from '../../model/log/event-page.js';
import type { BatchWorker, KeptEvent, SentEvent } from '../../worker/process/batch-worker.js';

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

/**
 * An event that was taken off the path. What the worker is sent of it is made when it is asked for: a process that keeps
 * states is sent columns, and many such events are held in memory.
 */
export class GatheredEvent implements Gathered, KeptEvent {
  readonly id: PartitionId;
  readonly place: number;
  readonly offset: number;
  readonly segment: number;
  readonly flag: number;
  readonly order: number;
  readonly clock: number;
  readonly page: EventPage;
  readonly index: number;
  readonly #worker: BatchWorker;
  #sent: SentEvent | RecoveryError | null = null;

  /** Takes down the event that a cursor stands at. */
  constructor({ id, place, segment, index, page, offsets, flags, order, clock }: EventCursor, worker: BatchWorker) {
    this.id = id;
    this.place = place;
    this.offset = offsets[index] as number;
    this.segment = segment;
    this.flag = flags[index] as number;
    this.order = order[index] as number;
    this.clock = clock[index] as number;
    this.page = page as EventPage;
    this.index = index;
    this.#worker = worker;
  }

  /** What the worker is sent, or why it cannot be. */
  get sent(): SentEvent | RecoveryError {
    return (this.#sent ??= sentOrRefused(this, this.#worker));
  }

  /** What is sent where that is not the plain text of its value; null otherwise. */
  get special(): SentEvent | RecoveryError | null {
    return this.page.isExactJson ? null : this.sent;
  }
}

/** A fact, which no worker is sent. */
export interface GatheredFact extends Gathered {
  readonly key: string;
  readonly fact: StateFact;
}

export function gatherFact(cursor: EventCursor): GatheredFact {
  const { id, place, segment, index, offsets, flags, order, clock } = cursor;
  const { keys, values } = cursor.page as EventPage;
  return {
    id,
    place,
    offset: offsets[index] as number,
    segment,
    flag: flags[index] as number,
    order: order[index] as number,
    clock: clock[index] as number,
    key: keys[index] ?? '',
    fact: values[index] as StateFact,
  };
}

function sentOrRefused({ page, index, id, clock }: GatheredEvent, worker: BatchWorker): SentEvent | RecoveryError {
  try {
    return worker.sent(page, index, id, clock);
  } catch (error) {
    if (isRecoveryError(error)) return error;
    throw error;
  }
}
