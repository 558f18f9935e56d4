import { setTimeout as sleep } from 'node:timers/promises';
import { writeFileDurably } from '../../../model/files/write-file-durably.js';
import { RecoveryError } from '../../../model/errors/recovery-error.js';
import type { LongWork } from '../../../model/strategy/strategy.js';
import { PassingFailure } from '../../../sources/kafka/cluster/patience.js';
import { headerOf, keyOf, valueOf } from '../../../sources/kafka/batches/record-columns.js';
import type {
  CellsByColumn,
  OutputTable,
  PublicationMark,
  TableTransaction,
} from '../../../sources/tables/output-table.js';
import { ContentDigest } from '../content-digest.js';
import type { Outbox } from '../outbox-file.js';
import { publicationHeaders } from '../publication-headers.js';
import { placeLimit, type PublicationReport, type PublishOptions } from '../publish-outbox.js';
import { refuseIfStopped } from '../publish-partition.js';
import { paceOfPublishing } from '../publishing-pace.js';
import { RowCursor, type RowAt } from '../row-cursor.js';
import { noRow, type RowShape } from './row-shape.js';
import { RowsOfKeys, rowsById, tableHeaders } from './seal-table-rows.js';

/** Rows of one transaction: other writers to the table wait while it lasts. */
const chunkRows = 500;
const defaultPatienceMs = 120_000;
const firstPauseMs = 20;
const longestPauseMs = 1000;
const idName = Buffer.from(publicationHeaders.id);

interface SealedRow {
  readonly seq: number;
  readonly id: string;
  readonly output: string;
  readonly key: string;
  /** Null for a row that is taken away. */
  readonly cells: CellsByColumn | null;
  readonly target: string;
  /** Null where the table was empty. */
  readonly found: string | null;
  /** Only of a latest value. */
  readonly standing: string | null;
  readonly bytes: number;
}

export interface TablePublication {
  readonly outbox: Outbox;
  readonly table: OutputTable;
  readonly shape: RowShape;
  readonly reportFile: string;
}

/**
 * Writes what is sealed into the table, each row exactly once: the rows of a transaction and the mark of how far they go are committed
 * together, and nothing else decides where it goes on.
 * @throws RecoveryError `publication-mismatch`, `publication-refused`, `database-unreachable`, `interrupted`
 */
export async function publishTable(
  { outbox, table, shape, reportFile }: TablePublication,
  options: PublishOptions,
  work: LongWork,
): Promise<PublicationReport> {
  const { seal } = outbox;
  const limit = placeLimit(seal, options);
  const pace = paceOfPublishing(options.rate);
  const atOnce = Math.min(chunkRows, pace.chunkRows);
  const patienceMs = options.patienceMs ?? defaultPatienceMs;
  let progressAt = performance.now();
  let pause = firstPauseMs;
  for (;;) {
    refuseIfStopped(work.signal);
    try {
      const before = await markOf(table, outbox);
      work.onProgress?.({ phase: 'publish', done: Math.min(before.next, limit), total: limit, quarantined: 0 });
      if (before.next >= limit) break;
      const upcoming = sealedRows(outbox, before.next, Math.min(limit, before.next + atOnce));
      await pace.before(
        upcoming.length,
        upcoming.reduce((sum, { bytes }) => sum + bytes, 0),
        work.signal,
      );
      refuseIfStopped(work.signal);
      await table.transaction(async (transaction) => {
        // What another publisher did between the two looks counts: this one is alone with the table.
        const mark = checked(await transaction.mark(seal.base), outbox, table);
        const rows =
          mark.next === before.next ? upcoming : sealedRows(outbox, mark.next, Math.min(limit, mark.next + atOnce));
        if (rows.length === 0) return;
        const dropped = await writeRows(transaction, shape, rows, table.name);
        const next = mark.next + rows.length;
        await transaction.setMark(seal.base, { ...mark, next, dropped: [...mark.dropped, ...dropped] });
      });
      progressAt = performance.now();
      pause = firstPauseMs;
    } catch (error) {
      if (!(error instanceof PassingFailure)) throw error;
      if (performance.now() - progressAt > patienceMs) throw gaveUp(table, patienceMs, error);
      await sleep(pause);
      pause = Math.min(pause * 2, longestPauseMs);
    }
  }
  const report = await readBack({ outbox, table, shape });
  writeFileDurably(reportFile, `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

async function markOf(table: OutputTable, outbox: Outbox): Promise<PublicationMark> {
  return checked(await table.mark(outbox.seal.base), outbox, table);
}

function checked(mark: PublicationMark | null, { seal }: Outbox, { name }: OutputTable): PublicationMark {
  if (mark === null) return { runId: seal.runId, chain: seal.chain, next: 0, dropped: [] };
  if (mark.chain === seal.chain) return mark;
  throw new RecoveryError(
    'publication-mismatch',
    `what was published of run ${seal.runId} to the table ${name} came from another outbox than the one in the folder of the run`,
    { hint: 'nothing more is published; put back the folder of the run as it was when it was published' },
  );
}

/**
 * Writes some rows, looks at them, and gives those that were left out. Where a row is not what it was when the outbox was sealed, the
 * service has written it since, and it stays as it is.
 */
async function writeRows(
  transaction: TableTransaction,
  shape: RowShape,
  rows: readonly SealedRow[],
  table: string,
): Promise<readonly number[]> {
  const ids = [...new Set(rows.map(({ id }) => id))];
  const found = rowsById(shape, await transaction.rowsOf(shape.idColumn, ids));
  const latestKeys = [...new Set(rows.flatMap(({ standing, key }) => (standing === null ? [] : [key])))];
  const ofKeys = new RowsOfKeys(
    shape,
    latestKeys.length === 0 ? [] : await transaction.rowsOf(shape.keyColumn ?? '', latestKeys),
  );
  const dropped: number[] = [];
  /** Of several rows with one id the last one. */
  const last = new Map<string, SealedRow>();
  for (const row of rows) {
    const at = found.get(row.id);
    const stands = at === undefined ? noRow : shape.digestOf(at);
    const isChanged = row.found !== null && stands !== row.found && stands !== row.target;
    const isOvertaken = row.standing !== null && row.standing !== ofKeys.digestOf(row.output, row.key);
    if (isChanged || isOvertaken) dropped.push(row.seq);
    else last.set(row.id, row);
  }
  const wanted = [...last.values()];
  await transaction.upsert(
    shape.idColumn,
    wanted.flatMap(({ cells }) => (cells === null ? [] : [cells])),
  );
  await transaction.remove(
    shape.idColumn,
    wanted.flatMap(({ cells, id }) => (cells === null ? [id] : [])),
  );
  const now = rowsById(shape, await transaction.rowsOf(shape.idColumn, [...last.keys()]));
  for (const { id, target } of wanted) {
    const row = now.get(id);
    if ((row === undefined ? noRow : shape.digestOf(row)) === target) continue;
    throw new RecoveryError(
      'publication-mismatch',
      `${table}: the row ${JSON.stringify(id)} is not what was written into it`,
      {
        hint: 'does a trigger or a rule change rows of the table? Nothing of this transaction was kept',
        details: { table, id },
      },
    );
  }
  return dropped;
}

/** What stands in the table now, held against the outbox. */
async function readBack({ outbox, table, shape }: Omit<TablePublication, 'reportFile'>): Promise<PublicationReport> {
  const { seal } = outbox;
  const mark = await markOf(table, outbox);
  const dropped = new Set(mark.dropped);
  const digest = new ContentDigest();
  /** Rows that are not as published; one that a later row of the same id has overwritten is none of them. */
  const changed = new Set<string>();
  for (let at = 0; at < mark.next; at += chunkRows) {
    const rows = sealedRows(outbox, at, Math.min(mark.next, at + chunkRows), digest, dropped);
    const standing = rowsById(shape, await table.rowsOf(shape.idColumn, [...new Set(rows.map(({ id }) => id))]));
    for (const { id, target } of rows) {
      const row = standing.get(id);
      if ((row === undefined ? noRow : shape.digestOf(row)) === target) changed.delete(id);
      else changed.add(id);
    }
  }
  const published = mark.next - mark.dropped.length;
  const { chain: _chain, ...sealed } = seal;
  const part = { partition: 0, rows: seal.rows, published, dropped: mark.dropped.length };
  return {
    ...sealed,
    ...{ complete: mark.next >= seal.rows, published, dropped: mark.dropped.length },
    partitions: [{ ...part, digest: digest.hex(), foreign: changed.size }],
  };
}

function sealedRows(
  outbox: Outbox,
  from: number,
  to: number,
  digest: ContentDigest | null = null,
  without: ReadonlySet<number> = new Set(),
): readonly SealedRow[] {
  const cursor = new RowCursor(outbox.rows(0), from);
  const rows: SealedRow[] = [];
  for (let seq = from; seq < to; seq++) {
    const at = cursor.at(seq);
    if (at === null) break;
    if (without.has(seq)) continue;
    const { columns, index } = at;
    digest?.add(keyOf(columns, index), valueOf(columns, index), headerOf(columns, index, idName));
    rows.push(sealedRow(at, seq));
  }
  return rows;
}

function sealedRow({ columns, index }: RowAt, seq: number): SealedRow {
  const text = (name: string): string | null => headerOf(columns, index, Buffer.from(name))?.toString('utf8') ?? null;
  const cells = text(tableHeaders.cells) ?? 'null';
  return {
    seq,
    id: text(publicationHeaders.id) ?? '',
    output: text(publicationHeaders.output) ?? '',
    key: Buffer.from(keyOf(columns, index) ?? []).toString('utf8'),
    cells: JSON.parse(cells) as CellsByColumn | null,
    target: text(tableHeaders.target) ?? noRow,
    found: text(tableHeaders.found),
    standing: text(tableHeaders.standing),
    bytes: cells.length,
  };
}

function gaveUp({ location }: OutputTable, patienceMs: number, failure: PassingFailure): RecoveryError {
  const seconds = Math.round(patienceMs / 1000);
  return new RecoveryError(
    'database-unreachable',
    `${location}: publishing got no further for ${seconds} s: ${failure.message}`,
    {
      hint: 'run the same command again: it goes on where the database shows it to be',
      cause: failure.cause ?? failure,
    },
  );
}
