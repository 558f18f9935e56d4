import { RecoveryError } from '../../model/errors/recovery-error.js';
import { headerOf, keyTextOf, type RecordColumns } from '../../sources/kafka/batches/record-columns.js';
import { sameContents } from '../../sources/kafka/batches/same-contents.js';
import { sameRecords } from '../../sources/kafka/batches/same-records.js';
import { ContentDigest } from './content-digest.js';
import { publicationId, seqOfPublication, type OutboxRows } from './outbox.js';
import { publicationHeaders } from './publication-headers.js';
import { RowCursor } from './row-cursor.js';

/** Where the newest record of another producer stands, by output and key. */
export type ForeignKeys = Map<string, number>;

/** Which output a record is of; null where that cannot be told, and it may be any. */
export type OutputOfRecord = (columns: RecordColumns, index: number) => string | null;

export interface TailSettings {
  readonly rows: OutboxRows;
  readonly base: string;
  /** For messages. */
  readonly topic: string;
  /** Remembers the keys of other producers' records, where latest values are to be published; null where none are. */
  readonly outputOf: OutputOfRecord | null;
}

/**
 * Holds what a topic shows, in its order, against the outbox: of ours there must be the rows from the first on, each once,
 * with their contents, without those that were dropped. How far they come is known from nothing else. Pure.
 */
export class TailMatcher {
  readonly #settings: TailSettings;
  readonly #cursor: RowCursor;
  readonly #digest = new ContentDigest();
  readonly #foreignKeys: ForeignKeys = new Map();
  #next = 0;
  #found = 0;
  #foreign = 0;

  constructor(settings: TailSettings) {
    this.#settings = settings;
    this.#cursor = new RowCursor(settings.rows);
  }

  /** The first row that is not in the topic. */
  get next(): number {
    this.#skipDropped();
    return this.#next;
  }

  /** Rows that are in the topic. */
  get found(): number {
    return this.#found;
  }

  /** Records of other producers. */
  get foreign(): number {
    return this.#foreign;
  }

  get foreignKeys(): ForeignKeys {
    return this.#foreignKeys;
  }

  /** Of the rows that were found. */
  get digest(): string {
    return this.#digest.hex();
  }

  /** @throws RecoveryError `publication-mismatch` for a record of ours that is not the next row */
  take(columns: RecordColumns): void {
    for (let index = 0; index < columns.length;) {
      const expected = this.next;
      let rows = this.#sealedTogether(expected, columns, index);
      if (rows === 0) this.#takeOne(expected, columns, index++);
      for (; rows > 0; rows--) this.#takeNext(columns, index++);
    }
  }

  /** How many records from an index on are, byte by byte, those of the batch that was sealed from the expected row on; 0 where they are not. */
  #sealedTogether(expected: number, columns: RecordColumns, index: number): number {
    // Of a batch with dropped rows, less was sent than was sealed.
    if (this.#settings.rows.dropped.size > 0) return 0;
    const batch = this.#cursor.batchFrom(expected);
    return batch !== null && sameRecords(batch, columns, index) ? batch.count : 0;
  }

  #takeOne(expected: number, columns: RecordColumns, index: number): void {
    const row = this.#cursor.at(expected);
    // What is the same as the expected row has its id too, which is in a header.
    if (row !== null && sameContents(row.columns, row.index, columns, index)) this.#takeNext(columns, index);
    else this.#takeOther(expected, columns, index);
  }

  #takeNext(columns: RecordColumns, index: number): void {
    this.#digest.addRecord(columns, index);
    this.#next++;
    this.#found++;
  }

  /** One that is not the expected row: another producer's, or ours in the wrong place or form. */
  #takeOther(expected: number, columns: RecordColumns, index: number): void {
    const { rows, base } = this.#settings;
    const id = publicationOf(columns, index);
    const seq = id === null ? null : seqOfPublication(id, base, rows.partition);
    if (seq === null) {
      this.#takeForeign(columns, index);
      return;
    }
    const offset = columns.offsets[index] as number;
    if (seq === expected && expected < rows.rows) {
      throw this.#mismatch(offset, `${publicationId(base, rows.partition, seq)} has other contents`);
    }
    const what = `row ${seq} stands where row ${expected} is expected`;
    throw this.#mismatch(offset, seq < expected ? `${what}: it was published twice` : what);
  }

  #takeForeign(columns: RecordColumns, index: number): void {
    this.#foreign++;
    const { outputOf } = this.#settings;
    if (outputOf === null) return;
    const offset = columns.offsets[index] as number;
    this.#foreignKeys.set(foreignKey(outputOf(columns, index), keyTextOf(columns, index)), offset);
  }

  #skipDropped(): void {
    while (this.#settings.rows.dropped.has(this.#next)) this.#next++;
  }

  #mismatch(offset: number, what: string): RecoveryError {
    const { topic, rows } = this.#settings;
    const { partition } = rows;
    return new RecoveryError('publication-mismatch', `${topic}[${partition}]@${offset}: ${what}`, {
      hint: 'nothing more is published; was the outbox of this run put back from a copy, or the topic written by hand?',
      details: { topic, partition, offset: String(offset) },
    });
  }
}

/** The key under which a foreign record counts against rows of an output; of any output where that is null. */
export function foreignKey(output: string | null, key: string | null): string {
  return JSON.stringify([output, key]);
}

const publicationName = Buffer.from(publicationHeaders.publication);

/** The id under which a record was published; null for a record of another producer. */
export function publicationOf(columns: RecordColumns, index: number): string | null {
  return headerOf(columns, index, publicationName)?.toString('utf8') ?? null;
}
