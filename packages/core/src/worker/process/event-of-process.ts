import type { EventPage } from '../../log/event-page.js';
import type { PartitionId } from '../../log/partition-id.js';
import { workerFailure } from '../worker-failures.js';
import type { Worker, WorkerEvent } from '../worker.js';
import type { SentEvent } from './batch-worker.js';
import { eventText } from './event-text.js';

/** Reasons of `undecodable` for which the process is given the bytes; all others are limits of an event. */
const notJson: ReadonlySet<string> = new Set(['not JSON', 'not valid UTF-8', 'empty']);

/**
 * What a process is sent of one entry of a page.
 * @throws RecoveryError EM3008 for an event above the limits
 */
export function eventOfProcess(
  worker: Worker,
  page: EventPage,
  index: number,
  partition: PartitionId,
  now: number,
): SentEvent {
  const time = page.timestamps[index] as number;
  const reason = page.undecodable?.get(index);
  const event: WorkerEvent = {
    source: partition.source,
    topic: partition.topic,
    incarnation: partition.incarnation,
    partition: partition.partition,
    offset: page.offsets[index] as number,
    key: page.keys[index] as string | null,
    time: time === time ? time : null,
    headers: page.headers?.[index] ?? [],
    value: reason === undefined ? page.values[index] : null,
  };
  if (reason !== undefined && !notJson.has(reason)) {
    throw workerFailure('EM3008', worker, event, `it cannot be decoded: ${reason}`, {
      hint: 'quarantine the event (--poison quarantine-event)',
    });
  }
  return { event, now, text: eventText(event, now, page, index, reason === undefined) };
}
