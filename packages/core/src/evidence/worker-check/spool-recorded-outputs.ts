import { canonicalJson } from '../../model/json/canonical-json.js';
import type { Position } from '../../model/position/position.js';
import type { RecordedOutput, RecordedOutputs } from '../../model/records/recorded-outputs.js';
import { spoolTables } from './spooled-outputs.js';
import { openSqlite } from '../../sources/drivers/open-sqlite.js';

/** How much of one partition the records speak of. */
export interface RecordedRange {
  readonly topic: string;
  readonly partition: number;
  readonly first: number;
  readonly last: number;
}

export interface SpoolSummary {
  /** Records of the stretch, and those of events outside of it, which are left alone. */
  readonly inside: number;
  readonly outside: number;
  /** Records that name neither an event nor a business id: nobody knows what to hold them against. */
  readonly nameless: number;
  readonly ranges: readonly RecordedRange[];
}

/**
 * Puts the recorded outputs of a stretch into a file, sorted by event, so that they can be met in the order of a replay
 * whatever order they were recorded in, without all of them in memory.
 */
export async function spoolRecordedOutputs(
  outputs: RecordedOutputs,
  file: string,
  end: Position,
  signal: AbortSignal | undefined,
): Promise<SpoolSummary> {
  const database = openSqlite(file);
  try {
    database.pragma('journal_mode = OFF');
    database.pragma('synchronous = OFF'); // a copy for the time of one check
    database.exec(spoolTables);
    const place = database.prepare('INSERT INTO placed VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    const name = database.prepare('INSERT INTO named VALUES (?, ?, ?, ?, ?)');
    const ends = new Map(end.map(({ topic, partition, next }) => [placeName(topic, partition), next]));
    const ranges = new Map<string, { topic: string; partition: number; first: number; last: number }>();
    let inside = 0;
    let outside = 0;
    let nameless = 0;
    const take = ({ seq, output, key, value, event, eventId, businessId }: RecordedOutput): void => {
      const text = canonicalJson(value);
      if (event === null) {
        const id = businessId !== null ? outputId(businessId) : eventId !== null ? eventIdName(eventId) : null;
        if (id === null) nameless++;
        else name.run(id, seq, output, key, text);
        return;
      }
      const { topic, partition, offset } = event;
      const range = ranges.get(placeName(topic, partition));
      if (range === undefined)
        ranges.set(placeName(topic, partition), { topic, partition, first: offset, last: offset });
      else {
        range.first = Math.min(range.first, offset);
        range.last = Math.max(range.last, offset);
      }
      if (offset >= (ends.get(placeName(topic, partition)) ?? 0)) {
        outside++;
        return;
      }
      inside++;
      place.run(topic, partition, offset, seq, output, key, text, businessId);
    };
    database.exec('BEGIN');
    for await (const batch of outputs.read()) {
      signal?.throwIfAborted();
      for (const record of batch) take(record);
    }
    database.exec('COMMIT');
    return { inside, outside, nameless, ranges: [...ranges.values()] };
  } finally {
    database.close();
  }
}

export function placeName(topic: string, partition: number): string {
  return `${partition}/${topic}`;
}

/** Names of records that know no offsets, in one table. */
export function outputId(businessId: string): string {
  return `o${businessId}`;
}

export function eventIdName(eventId: string): string {
  return `e${eventId}`;
}
