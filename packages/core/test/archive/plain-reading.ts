import { keepDigits } from '../../src/model/json/keep-digits.js';
import type { ArchiveEvent } from '../../src/sources/archive/archive-event.js';
import type { ArchiveLog } from '../../src/sources/archive/open-archive.js';
import type { PartitionId } from '../../src/model/log/partition-id.js';

/** An event as read back, in a form that compares. */
export interface PlainEvent {
  readonly offset: number;
  readonly time: number;
  readonly key: string | null;
  readonly headers: unknown;
  readonly value: string | null;
  readonly decoded: string;
}

/** What reading an event back must give, worked out without the archive. */
export function expectedEvent(event: ArchiveEvent): PlainEvent {
  const bytes = event.value === null ? null : Buffer.from(event.value as Uint8Array);
  return {
    offset: event.offset,
    time: event.time,
    key: event.key === null ? null : Buffer.from(event.key as string).toString('hex'),
    headers: event.headers,
    value: bytes === null ? null : bytes.toString('hex'),
    decoded: decodedAlone(bytes),
  };
}

function decodedAlone(bytes: Buffer | null): string {
  if (bytes === null) return 'null';
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return keepDigits(text) === null ? JSON.stringify(JSON.parse(text)) : 'undecodable';
  } catch {
    return 'undecodable';
  }
}

export function readPlain(log: ArchiveLog, id: PartitionId, from: number, to: number): readonly PlainEvent[] {
  const events: PlainEvent[] = [];
  const reader = log.read({ ...id, from, to });
  for (let page = reader.next(); page !== null; page = reader.next()) {
    for (let i = 0; i < page.count; i++) {
      const key = page.keyBytes(i);
      const value = page.valueBytes(i);
      events.push({
        offset: page.offsets[i] ?? -1,
        time: page.timestamps[i] ?? NaN,
        key: key === null ? null : Buffer.from(key).toString('hex'),
        headers: page.headers?.[i] ?? null,
        value: value === null ? null : Buffer.from(value).toString('hex'),
        decoded: page.undecodable?.has(i) === true ? 'undecodable' : JSON.stringify(page.values[i]),
      });
    }
  }
  return events;
}
