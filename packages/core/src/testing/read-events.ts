import type { EventHeaders } from '../model/log/event-page.js';
import type { EventLog, ReadRequest } from '../model/log/event-log.js';

/** One event as a reader sees it, in a form that compares as JSON text. */
export interface ReadEvent {
  readonly offset: number;
  /** Null for none. */
  readonly time: number | null;
  readonly key: string | null;
  /** Base64. */
  readonly keyBytes: string | null;
  readonly headers: EventHeaders | null;
  /** JSON text of the decoded value; null for a tombstone and for a value that is not JSON. */
  readonly value: string | null;
  /** Base64. */
  readonly valueBytes: string | null;
  readonly decodable: boolean;
}

/**
 * Reads a range to its end.
 * @throws Error when a page is empty, or offsets do not rise strictly within the range.
 */
export async function readEvents(
  log: EventLog,
  request: ReadRequest,
  visit?: (value: unknown) => void,
): Promise<readonly ReadEvent[]> {
  const events: ReadEvent[] = [];
  await eachPage(log, request, (page) => {
    for (let index = 0; index < page.count; index++) {
      const decodable = page.undecodable?.has(index) !== true;
      const value = page.values[index];
      events.push({
        offset: page.offsets[index] ?? -1,
        time: Number.isNaN(page.timestamps[index]) ? null : (page.timestamps[index] ?? null),
        key: page.keys[index] ?? null,
        keyBytes: base64(page.keyBytes(index)),
        headers: page.headers?.[index] ?? null,
        value: !decodable || page.valueBytes(index) === null ? null : JSON.stringify(value),
        valueBytes: base64(page.valueBytes(index)),
        decodable,
      });
      visit?.(value);
    }
  });
  return events;
}

/** The offsets that a read gives, without decoding anything. */
export async function seenEvents(log: EventLog, request: ReadRequest): Promise<readonly number[]> {
  const offsets: number[] = [];
  await eachPage(log, request, (page) => offsets.push(...Array.from(page.offsets)));
  return offsets;
}

type Page = NonNullable<Awaited<ReturnType<ReturnType<EventLog['read']>['next']>>>;

async function eachPage(log: EventLog, request: ReadRequest, visit: (page: Page) => void): Promise<void> {
  const reader = log.read(request);
  let last = -1;
  for (let page = await reader.next(); page !== null; page = await reader.next()) {
    if (page.count === 0) throw new Error('a page without events');
    for (const offset of Array.from(page.offsets)) {
      if (offset <= last) throw new Error(`offset ${offset} after ${last}`);
      if (offset < request.from || offset >= request.to) throw new Error(`offset ${offset} is not in the range`);
      last = offset;
    }
    visit(page);
  }
  if ((await reader.next()) !== null) throw new Error('a page after the end');
  reader.close();
}

function base64(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('base64');
}
