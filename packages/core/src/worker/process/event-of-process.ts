import type { EventPage } from '../../model/log/event-page.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import { workerFailure } from '../worker-failures.js';
import type { Worker, WorkerEvent } from '../worker.js';
import type { SentEvent } from './batch-worker.js';

/** Where an event keeps how it was sent: a map beside them would cost a quarter of the speed. */
const sentAs: unique symbol = Symbol('sent as');

type EventOfProcess = WorkerEvent & { [sentAs]: SentEvent | null };

/** Reasons of `undecodable` for which the process is given the bytes; all others are limits of an event. */
const notJson: ReadonlySet<string> = new Set(['not JSON', 'not valid UTF-8', 'empty']);

/**
 * What a process is sent of one entry of a page.
 * @throws RecoveryError `undecodable-event` for an event above the limits
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
    value: reason === undefined ? page.values[index] : null,
  };
  if (reason !== undefined && !notJson.has(reason)) {
    throw workerFailure('undecodable-event', worker, event, `it cannot be decoded: ${reason}`, {
      hint: 'quarantine the event (--poison quarantine-event)',
    });
  }
  const sent = { event, now, text: eventText(event, now, page, index, reason === undefined) };
  event[sentAs] = sent;
  return sent;
}

/** The same event once more, to be applied alone; null for one that was not made here, or for another time. */
export function sentAgain(event: WorkerEvent, now: number): SentEvent | null {
  const sent = (event as Partial<EventOfProcess>)[sentAs] ?? null;
  return sent?.now === now ? sent : null;
}

/**
 * The text of an event as a process is sent it. A value that is JSON goes as it stands in the log, so that no digit of it
 * is lost; a line break in it can only be white space.
 * @param json false for a value that is not JSON, which goes as Base64
 */
function eventText(event: WorkerEvent, now: number, page: EventPage, index: number, json: boolean): string {
  const { source, incarnation, key, time, headers } = event;
  const bytes = page.valueBytes(index);
  return (
    `{"topic":${JSON.stringify(event.topic)},"partition":${event.partition},"offset":"${event.offset}"` +
    `,"key":${key === null ? 'null' : JSON.stringify(key)},"time":${time ?? 'null'},"now":${now === -Infinity ? 'null' : now}` +
    (source === '' ? '' : `,"source":${JSON.stringify(source)}`) +
    (incarnation === '' ? '' : `,"incarnation":${JSON.stringify(incarnation)}`) +
    (headers.length === 0 ? '' : `,"headers":${JSON.stringify(headers)}`) +
    (json ? `,"value":${jsonText(bytes)}}` : `,"valueBase64":"${bufferOf(bytes).toString('base64')}"}`)
  );
}

function jsonText(bytes: Uint8Array | null): string {
  if (bytes === null) return 'null';
  const text = bufferOf(bytes).toString('utf8');
  return text.includes('\n') ? text.replaceAll('\n', ' ') : text;
}

function bufferOf(bytes: Uint8Array | null): Buffer {
  return bytes === null ? Buffer.alloc(0) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
