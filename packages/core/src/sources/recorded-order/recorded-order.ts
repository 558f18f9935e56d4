import { createReadStream, existsSync, renameSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { parseOffset } from '../../model/event/offset.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { RecordedRanks } from '../../model/order/recorded-ranks.js';
import { openSqlite } from '../drivers/open-sqlite.js';

/** The recorded live order, by partition and offset. */
export interface RecordedOrder extends RecordedRanks {
  /** SHA-256 of the recording. */
  readonly digest: string;
  close(): void;
}

/**
 * Opens the order in which the live service handled its events: NDJSON lines `{topic?, partition, offset}` in that
 * order. It is looked up by offset, so it is indexed once in a SQLite file and not held in memory. An event that it
 * does not hold has no rank, unless the first line is `{"kind":"recorded-order","absent":"before-next"}`: then it has
 * that of the next event of its partition, if one before it is recorded too.
 * @throws RecoveryError `file-unavailable` when it cannot be read, `unreadable-row` for a line that names no event
 */
export async function openRecordedOrder(file: string, index: string): Promise<RecordedOrder> {
  if (!existsSync(file)) {
    throw new RecoveryError('file-unavailable', `the recorded order ${file} does not exist`, {
      hint: 'check order.file of the incident',
    });
  }
  const digest = await digestOf(file);
  if (!existsSync(index) || storedDigest(index) !== digest) await buildIndex(file, index, digest);
  const database = openSqlite(index, { readonly: true });
  const beforeNext = database.prepare('SELECT absent FROM recording').pluck().get() === 'before-next';
  const select = database
    .prepare<[string, number, number, number], [number, number]>(
      `SELECT offset, rank FROM rank WHERE (topic = ? OR topic = '') AND partition = ? AND offset BETWEEN ? AND ? ORDER BY offset`,
    )
    .raw();
  const behind = database
    .prepare<[string, number, number], number>(
      `SELECT rank FROM rank WHERE (topic = ? OR topic = '') AND partition = ? AND offset > ? ORDER BY offset LIMIT 1`,
    )
    .pluck();
  const begins = database
    .prepare<[string, number], number | null>(
      `SELECT min(offset) FROM rank WHERE (topic = ? OR topic = '') AND partition = ?`,
    )
    .pluck();
  const rankBehind = ({ topic, partition }: PartitionId, offset: number) => behind.get(topic, partition, offset) ?? NaN;
  const isRecordedBefore = ({ topic, partition }: PartitionId, offset: number) =>
    (begins.get(topic, partition) ?? Infinity) < offset;
  return {
    digest,
    ranks: (partition, offsets) => {
      const column = new Float64Array(offsets.length).fill(NaN);
      const first = offsets[0] ?? 0;
      const last = offsets[offsets.length - 1] ?? 0;
      let at = 0;
      for (const [offset, rank] of select.iterate(partition.topic, partition.partition, first, last)) {
        while (at < offsets.length && (offsets[at] as number) < offset) at++;
        if (offsets[at] === offset) column[at] = rank;
      }
      if (beforeNext)
        fillFromNext(
          column,
          () => rankBehind(partition, last),
          () => isRecordedBefore(partition, first),
        );
      return column;
    },
    close: () => {
      database.close();
    },
  };
}

/** Gives what has no rank that of the next that has one; what stands in front of the first recorded event keeps none. */
function fillFromNext(column: Float64Array, behind: () => number, recordedBefore: () => boolean): void {
  const found = column.findIndex((rank) => !Number.isNaN(rank));
  const from = found === 0 || recordedBefore() ? 0 : found;
  if (from < 0) return;
  let next: number | null = null;
  for (let i = column.length - 1; i >= from; i--) {
    const rank = column[i] as number;
    if (Number.isNaN(rank)) column[i] = next ??= behind();
    else next = rank;
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function storedDigest(index: string): string | null {
  const database = openSqlite(index, { readonly: true });
  try {
    const digest = database.prepare('SELECT digest FROM recording WHERE absent IS NOT NULL').pluck().get();
    return typeof digest === 'string' ? digest : null;
  } catch {
    return null;
  } finally {
    database.close();
  }
}

async function buildIndex(file: string, index: string, digest: string): Promise<void> {
  const building = `${index}.new`;
  rmSync(building, { force: true });
  const database = openSqlite(building);
  try {
    database.pragma('synchronous = OFF'); // derived from the recording: a broken index is simply built again
    database.exec(`CREATE TABLE rank (topic TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL, rank INTEGER NOT NULL,
      PRIMARY KEY (topic, partition, offset)) WITHOUT ROWID; CREATE TABLE recording (digest TEXT NOT NULL, absent TEXT NOT NULL);`);
    // The first handling of an event decides; what the faulty service did twice is not two places in the order.
    const insert = database.prepare('INSERT OR IGNORE INTO rank VALUES (?, ?, ?, ?)');
    database.exec('BEGIN');
    let rank = 0;
    let absent = 'no-rank';
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      rank++;
      if (line.trim() === '') continue;
      if (rank === 1 && isHeader(line)) {
        absent = 'before-next';
        continue;
      }
      const { topic, partition, offset } = parseLine(line, `${file}:${rank}`);
      insert.run(topic, partition, offset, rank);
    }
    database.prepare('INSERT INTO recording VALUES (?, ?)').run(digest, absent);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
  renameSync(building, index);
}

function isHeader(line: string): boolean {
  return line.startsWith('{"format_version":1,"kind":"recorded-order","absent":"before-next"}');
}

function parseLine(line: string, place: string): { topic: string; partition: number; offset: number } {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch (error) {
    throw new RecoveryError('unreadable-row', `${place} is not JSON`, {
      hint: 'one object a line: {"partition":0,"offset":"17"}',
      cause: error,
    });
  }
  const { topic, partition, offset } = (row ?? {}) as Record<string, unknown>;
  if (typeof partition !== 'number') {
    throw new RecoveryError('unreadable-row', `${place} names no partition`, {
      hint: 'one object a line: {"partition":0,"offset":"17"}',
    });
  }
  return { topic: typeof topic === 'string' ? topic : '', partition, offset: parseOffset(offset, place) };
}
