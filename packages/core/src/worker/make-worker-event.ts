import type { EventHeaders, EventPage } from '../model/log/event-page.js';
import type { PartitionId } from '../model/log/partition-id.js';
import { freezeDeeply } from './freeze-deeply.js';
import { describeThrown, inexactFailure, workerFailure, type EventPlace } from './worker-failures.js';
import type { Worker, WorkerEvent } from './worker.js';

const noHeaders: EventHeaders = Object.freeze([]);

type Draft = { -readonly [Name in keyof WorkerEvent]: WorkerEvent[Name] };

/**
 * Makes the handler's event of one entry of a page. A key that is not UTF-8 counts as undecodable, like a value that is
 * not JSON; for a worker with `decode` of its own such an event has no key as text, and the values of the page are not
 * parsed.
 * @throws RecoveryError `undecodable-event`, `inexact-number`
 */
export function makeWorkerEvent(
  worker: Worker,
  page: EventPage,
  index: number,
  partition: PartitionId,
  freezing: boolean,
): WorkerEvent {
  const time = page.timestamps[index] as number;
  const headers = page.headers === null ? noHeaders : (page.headers[index] ?? noHeaders);
  const event: Draft = {
    source: partition.source,
    topic: partition.topic,
    incarnation: partition.incarnation,
    partition: partition.partition,
    offset: page.offsets[index] as number,
    key: page.keys[index] as string | null,
    time: time === time ? time : null,
    headers,
    value: undefined,
  };
  event.value =
    worker.decode === undefined ? jsonValue(worker, page, index, event) : ownValue(worker, page, index, event);
  if (freezing) freezeDeeply(event.value);
  if (worker.upcasters !== undefined) applyUpcasters(worker, event, freezing);
  return freezing ? Object.freeze(event) : event;
}

function jsonValue(worker: Worker, page: EventPage, index: number, event: EventPlace): unknown {
  const reason = page.undecodable?.get(index);
  if (reason === undefined) return page.values[index];
  const inexact = page.inexact?.get(index);
  if (inexact !== undefined) {
    if (worker.numbers === 'text') return inexact.value;
    throw inexactFailure(worker, event, reason, inexact.path);
  }
  throw workerFailure('undecodable-event', worker, event, `it cannot be decoded: ${reason}`, {
    hint: 'quarantine the event (--poison quarantine-event), or give the worker a decode of its own',
  });
}

function ownValue(worker: Worker, page: EventPage, index: number, event: Draft): unknown {
  try {
    const { value: _, ...described } = event;
    const value = worker.decode?.(page.valueBytes(index), described);
    if (value !== undefined) return value;
  } catch (cause) {
    throw workerFailure('undecodable-event', worker, event, `decode threw ${describeThrown(cause)}`, { cause });
  }
  throw workerFailure('undecodable-event', worker, event, 'decode returned nothing', {
    hint: 'return null for an event without a value',
  });
}

function applyUpcasters(worker: Worker, event: Draft, freezing: boolean): void {
  const upcasters = worker.upcasters ?? [];
  for (let index = 0; index < upcasters.length; index++) {
    const upcaster = upcasters[index];
    let value: unknown;
    try {
      value = upcaster?.(event.value, event);
    } catch (cause) {
      throw workerFailure('undecodable-event', worker, event, `upcasters[${index}] threw ${describeThrown(cause)}`, {
        cause,
      });
    }
    if (value === undefined) {
      throw workerFailure('undecodable-event', worker, event, `upcasters[${index}] returned nothing`, {
        hint: 'return the value, changed or not',
      });
    }
    if (freezing) freezeDeeply(value);
    event.value = value;
  }
}
