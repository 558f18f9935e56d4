import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { asDiskRefusal } from '../../model/files/disk-refusal.js';
import type { RecordedDescription, RecordedEventRef } from '../../model/records/recorded-outputs.js';
import { openSqlite } from '../drivers/open-sqlite.js';

/** What an order was made from: outputs or a ledger. */
export interface OrderSource {
  describe(): RecordedDescription | Promise<RecordedDescription>;
  read(): AsyncIterable<readonly { readonly event: RecordedEventRef | null; readonly time: number | null }[]>;
}

export interface DerivedOrder {
  /** Events that have a place in the order. */
  readonly placed: number;
  /** Records that name no event (or, by time, have no time) and so say nothing about the order. */
  readonly silent: number;
  /** Records of an event that had its place already: several outputs of it, or a second handling. */
  readonly repeated: number;
  /** Events handled behind a later one of their partition; they are placed as their offset demands. */
  readonly late: number;
  /** By time only: records with the same time as the one in front of them, in the order of the source. */
  readonly tied: number;
}

/**
 * Writes the order in which a service handled its events, as its own records show it: each event at its first handling.
 * An event that is not recorded (it was missed), or was handled behind a later one of its partition, has no line of its
 * own: it takes the place that its offset gives it, right before the next recorded event of its partition. Where a
 * partition was not recorded from its beginning, what is in front has no place.
 * @throws RecoveryError `records-out-of-order` when the records do not stand in the order of handling,
 *   `disk-write-failed` when the disk refuses.
 */
export async function deriveRecordedOrder(
  records: OrderSource,
  using: 'order' | 'time',
  file: string,
): Promise<DerivedOrder> {
  if (using === 'order') await assertHandlingOrder(records);
  const counts = { placed: 0, silent: 0, repeated: 0, late: 0, tied: 0 };
  const highest = new Map<string, number>();
  const building = `${file}.${process.pid}.new`;
  const out = createWriteStream(building);
  const failed = once(out, 'error').then(([error]: unknown[]) => {
    throw error;
  });
  failed.catch(() => undefined); // told at the next write, or at the end
  const written = async (text: string) => {
    if (!out.write(text)) await Promise.race([once(out, 'drain'), failed]);
  };
  try {
    let text = '{"format_version":1,"kind":"recorded-order","absent":"before-next"}\n';
    const batches = using === 'order' ? eventsOf(records, counts) : eventsByTime(records, counts);
    for await (const batch of batches) {
      for (const { topic, partition, offset } of batch) {
        const name = `${topic}/${partition}`;
        const before = highest.get(name) ?? -1;
        if (offset === before) counts.repeated++;
        else if (offset < before) counts.late++;
        else {
          highest.set(name, offset);
          counts.placed++;
          text += `${JSON.stringify({ topic, partition, offset: String(offset) })}\n`;
        }
      }
      await written(text);
      text = '';
    }
    await Promise.race([new Promise<void>((resolve) => out.end(text, resolve)), failed]);
    renameSync(building, file);
    return counts;
  } catch (error) {
    out.destroy();
    rmSync(building, { force: true });
    throw asDiskRefusal(error, file);
  }
}

async function assertHandlingOrder(records: OrderSource): Promise<void> {
  const { order, objection, location } = await records.describe();
  if (order === 'handling') return;
  throw new RecoveryError(
    'records-out-of-order',
    `${location}: ${objection ?? `the incident says "order: ${order}", so no order of handling can be taken from it`}`,
    {
      hint: 'read it in the order of handling (a query with ORDER BY), or take its times: order: { by: recorded, from: …, using: time }',
    },
  );
}

async function* eventsOf(
  records: OrderSource,
  counts: { silent: number },
): AsyncGenerator<readonly RecordedEventRef[]> {
  for await (const batch of records.read()) {
    const events = batch.flatMap(({ event }) => event ?? []);
    counts.silent += batch.length - events.length;
    yield events;
  }
}

/** Sorted by SQLite in a temporary file of its own, so that the memory stays bounded. */
async function* eventsByTime(
  records: OrderSource,
  counts: { silent: number; tied: number },
): AsyncGenerator<readonly RecordedEventRef[]> {
  const database = openSqlite('');
  try {
    database.exec(
      'CREATE TABLE record (time REAL, seq INTEGER PRIMARY KEY, topic TEXT, partition INTEGER, offset INTEGER)',
    );
    const insert = database.prepare('INSERT INTO record (time, topic, partition, offset) VALUES (?, ?, ?, ?)');
    database.exec('BEGIN');
    for await (const batch of records.read()) {
      for (const { event, time } of batch) {
        if (event === null || time === null) counts.silent++;
        else insert.run(time, event.topic, event.partition, event.offset);
      }
    }
    database.exec('COMMIT');
    const sorted = database
      .prepare<[], [number, string, number, number]>(
        'SELECT time, topic, partition, offset FROM record ORDER BY time, seq',
      )
      .raw();
    let events: RecordedEventRef[] = [];
    let before = NaN;
    for (const [time, topic, partition, offset] of sorted.iterate()) {
      if (time === before) counts.tied++;
      before = time;
      events.push({ topic, partition, offset });
      if (events.length === 1000) {
        yield events;
        events = [];
      }
    }
    yield events;
  } finally {
    database.close();
  }
}
