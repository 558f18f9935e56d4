import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { writePiecesDurably } from '../../model/files/write-file-durably.js';
import type { EventPage } from '../../model/log/event-page.js';
import type { EventLog, LogDescription, PartitionDescription } from '../../model/log/event-log.js';
import { describePartition } from '../../model/log/partition-id.js';
import type { OrderSpec } from '../../model/order/order-spec.js';
import { openSqlite } from '../../sources/drivers/open-sqlite.js';
import { pagesOf } from '../../sources/log/pages-of.js';
import { readNote, writeNote } from '../proof/store-note.js';
import { fieldKinds, orderKey, orderValueAt, type FieldKind } from './field-order-keys.js';

/** What was found about the field that orders a log, and of which log. */
interface FieldOrderNote {
  readonly format_version: 1;
  readonly content: string;
  readonly kind: FieldKind;
}

export interface DescribedLog {
  readonly log: EventLog;
  readonly description: LogDescription;
}

const rankFile = 'field-order.ndjson';
/** So much of the ranks is held at a time. */
const pieceLength = 1 << 20;
const noteName = `${rankFile}.json`;

/** So many events are named that cannot be ordered. */
const namedEvents = 5;

/**
 * Holds the field of an explicit order against every event: numbers that a double holds order by themselves. Texts of one
 * length, times and longer integers become a recorded order, ranked once in a file of the store. Null where the field
 * orders by itself.
 * @throws RecoveryError `unusable-order`, with the first events, where the field is absent, null, of another type or of
 *   several, lost digits, or is text that has no order
 */
export async function rankByField(
  { path }: Extract<OrderSpec, { readonly by: 'field' }>,
  logs: readonly DescribedLog[],
  topics: readonly string[] | undefined,
  store: string,
): Promise<Extract<OrderSpec, { readonly by: 'recorded' }> | null> {
  const file = join(store, rankFile);
  const chosen = logs.map(({ log, description }) => ({
    log,
    fingerprint: description.fingerprint,
    partitions: description.partitions.filter(({ topic }) => topics === undefined || topics.includes(topic)),
  }));
  const content = contentOf(path, chosen);
  const note = content === null ? null : readNote<FieldOrderNote>(store, noteName);
  let kind = note !== null && note.content === content ? note.kind : null;
  if (kind === null || (kind !== 'number' && !existsSync(file))) {
    // First of all: a note of other logs must not stand beside the ranks of these.
    rmSync(join(store, noteName), { force: true });
    kind = await rank(path, chosen, store, file);
    if (content !== null) writeNote<FieldOrderNote>(store, noteName, { format_version: 1, content, kind });
  }
  return kind === 'number' ? null : { by: 'recorded', file };
}

interface ChosenLog {
  readonly log: EventLog;
  readonly fingerprint: string | null;
  readonly partitions: readonly PartitionDescription[];
}

/** Null where a log cannot tell whether it is still the same. */
function contentOf(path: string, logs: readonly ChosenLog[]): string | null {
  if (logs.some(({ fingerprint }) => fingerprint === null)) return null;
  const ranges = logs.map(({ fingerprint, partitions }) => [
    fingerprint,
    partitions.map(({ source, topic, incarnation, partition, range }) => [
      [source, topic, incarnation, partition],
      [range.from, range.to],
    ]),
  ]);
  return createHash('sha256')
    .update(JSON.stringify([path, ranges]))
    .digest('hex');
}

async function rank(path: string, logs: readonly ChosenLog[], store: string, file: string): Promise<FieldKind> {
  const names = path.split('.');
  const kinds = fieldKinds();
  const unusable: string[] = [];
  for await (const { page, id } of pagesOfAll(logs)) {
    for (let index = 0; index < page.count && unusable.length < namedEvents; index++) {
      if (isDamaged(page, index)) continue;
      const reason = kinds.refuse(orderValueAt(page.valueWithDigits(index), names));
      if (reason !== null) unusable.push(`${describePartition(id)}@${page.offsets[index] ?? 0} ${reason}`);
    }
    if (unusable.length >= namedEvents) break;
  }
  const conflict = kinds.conflict();
  if (unusable.length > 0) throw unusableOrder(path, unusable.join('; '));
  if (conflict !== null) throw unusableOrder(path, conflict);
  const kind = kinds.kind();
  if (kind !== 'number') await writeRanks(names, kind, logs, store, file);
  return kind;
}

/** Sorted by SQLite in a temporary file of its own, so that the memory stays bounded. */
async function writeRanks(
  names: readonly string[],
  kind: FieldKind,
  logs: readonly ChosenLog[],
  store: string,
  file: string,
): Promise<void> {
  const database = openSqlite('');
  try {
    database.exec(
      'CREATE TABLE event (key BLOB, topic TEXT, partition INTEGER, offset INTEGER, UNIQUE (topic, partition, offset))',
    );
    const insert = database.prepare('INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?)');
    database.exec('BEGIN');
    for await (const { page, id } of pagesOfAll(logs)) {
      for (let index = 0; index < page.count; index++) {
        if (isDamaged(page, index)) continue;
        const key = orderKey(orderValueAt(page.valueWithDigits(index), names), kind);
        insert.run(Buffer.from(key, 'utf8'), id.topic, id.partition, page.offsets[index]);
      }
    }
    database.exec('COMMIT');
    const sorted = database
      .prepare<[], [string, number, number]>(
        'SELECT topic, partition, offset FROM event ORDER BY key, topic, partition, offset',
      )
      .raw();
    mkdirSync(store, { recursive: true });
    writePiecesDurably(file, rankLines(sorted.iterate()));
  } finally {
    database.close();
  }
}

function* rankLines(events: Iterable<[string, number, number]>): Generator<string> {
  // A damaged event has no line: it takes the place of the next of its partition.
  let text = '{"format_version":1,"kind":"recorded-order","absent":"before-next"}\n';
  for (const [topic, partition, offset] of events) {
    text += `${JSON.stringify({ topic, partition, offset: String(offset) })}\n`;
    if (text.length < pieceLength) continue;
    yield text;
    text = '';
  }
  yield text;
}

async function* pagesOfAll(
  logs: readonly ChosenLog[],
): AsyncGenerator<{ readonly page: EventPage; readonly id: PartitionDescription }> {
  for (const { log, partitions } of logs) {
    for (const id of partitions) {
      for await (const page of pagesOf(log, { ...id, ...id.range })) yield { page, id };
    }
  }
}

/** What cannot be read has no field, and is parked or stops the replay by itself. */
function isDamaged(page: EventPage, index: number): boolean {
  return page.undecodable?.has(index) === true && page.inexact?.has(index) !== true;
}

function unusableOrder(path: string, what: string): RecoveryError {
  return new RecoveryError('unusable-order', `order.field ${JSON.stringify(path)} cannot order the events: ${what}`, {
    hint: 'name a field that every event has, of one type: numbers, times, or texts of one length; or order by time',
    details: { path },
  });
}
