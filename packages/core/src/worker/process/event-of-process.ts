import type { EventPage } from '../../model/log/event-page.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import { inexactFailure, workerFailure } from '../worker-failures.js';
import type { Worker, WorkerEvent } from '../worker.js';
import type { SentEvent } from './batch-worker.js';
import { eventText, valueText } from './event-text.js';

/** Where an event keeps how it was sent: a map beside them would cost a quarter of the speed. */
const sentAs: unique symbol = Symbol('sent as');

type EventOfProcess = WorkerEvent & { [sentAs]: SentEvent | null };

/** Reasons of `undecodable` for which the process is given the bytes; all others are limits of an event. */
const notJson: ReadonlySet<string> = new Set(['not JSON', 'not valid UTF-8', 'empty']);

/**
 * What a process is sent of one entry of a page.
 * @throws RecoveryError `undecodable-event` for an event above the limits, `inexact-number`
 */
export function eventOfProcess(
  worker: Worker,
  page: EventPage,
  index: number,
  partition: PartitionId,
  now: number,
): SentEvent {
  const time = page.timestamps[index] as number;
  const inexact = page.inexact?.get(index);
  const asTexts = inexact !== undefined && (worker.numbers === 'text' || page.undecodable?.get(index) === undefined);
  const bytes = asTexts ? Buffer.from(JSON.stringify(inexact.value), 'utf8') : page.valueBytes(index);
  // Long integers go as they stand: most languages have them. Of longer fractions nearly all make doubles.
  const reason = asTexts || inexact?.integers === true ? undefined : page.undecodable?.get(index);
  const event: EventOfProcess = {
    [sentAs]: null,
    source: partition.source,
    topic: partition.topic,
    incarnation: partition.incarnation,
    partition: partition.partition,
    offset: page.offsets[index] as number,
    key: page.keys[index] as string | null,
    time: time === time ? time : null,
    headers: page.headers?.[index] ?? [],
    value: reason !== undefined ? null : inexact !== undefined ? inexact.value : page.values[index],
  };
  if (reason !== undefined && inexact !== undefined) throw inexactFailure(worker, event, reason, inexact.path);
  if (reason !== undefined && !notJson.has(reason)) {
    throw workerFailure('undecodable-event', worker, event, `it cannot be decoded: ${reason}`, {
      hint: 'quarantine the event (--poison quarantine-event)',
    });
  }
  return (event[sentAs] = new EventToSend(event, now, bytes, reason === undefined));
}

/** The texts of an event are made when they are sent: which of them depends on what was agreed with the process. */
class EventToSend implements SentEvent {
  readonly event: WorkerEvent;
  readonly now: number;
  readonly isJson: boolean;
  readonly #bytes: Uint8Array | null;

  constructor(event: WorkerEvent, now: number, bytes: Uint8Array | null, isJson: boolean) {
    this.event = event;
    this.now = now;
    this.isJson = isJson;
    this.#bytes = bytes;
  }

  get value(): string {
    return valueText(this.#bytes, this.isJson);
  }

  get text(): string {
    return eventText(this.event, this.now, this.value, this.isJson);
  }
}

/** The same event once more, to be applied alone; null for one that was not made here, or for another time. */
export function sentAgain(event: WorkerEvent, now: number): SentEvent | null {
  const sent = (event as Partial<EventOfProcess>)[sentAs] ?? null;
  return sent?.now === now ? sent : null;
}
