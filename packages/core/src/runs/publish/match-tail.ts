import { RecoveryError } from '../../model/errors/recovery-error.js';
import {
  headersOf,
  keyOf,
  keyTextOf,
  valueOf,
  type RecordColumns,
  type RecordHeaders,
} from '../../sources/kafka/batches/record-columns.js';
import { ContentDigest } from './content-digest.js';
import { publicationId, seqOfPublication, type OutboxRows } from './outbox.js';
import { publicationHeaders } from './publication-headers.js';
import { RowCursor } from './row-cursor.js';

/** Where the newest record of another producer stands, by output and key. */
export type ForeignKeys = Map<string, number>;

/** Which output a record is of; null where that cannot be told, and it may be any. */
export type OutputOfRecord = (headers: RecordHeaders | null) => string | null;

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
    for (let index = 0; index < columns.length; index++) {
      const headers = headersOf(columns, index);
      const id = publicationOf(headers);
      const seq = id === null ? null : seqOfPublication(id, this.#settings.base, this.#settings.rows.partition);
      if (seq === null) this.#takeForeign(columns, index, headers);
      else this.#takeOurs(seq, columns, index, headers);
    }
  }

  #takeOurs(seq: number, columns: RecordColumns, index: number, headers: RecordHeaders | null): void {
    const { rows, base } = this.#settings;
    const expected = this.next;
    const offset = columns.offsets[index] as number;
    if (seq !== expected || expected >= rows.rows) {
      const what = `row ${seq} stands where row ${expected} is expected`;
      throw this.#mismatch(offset, seq < expected ? `${what}: it was published twice` : what);
    }
    const row = this.#cursor.at(seq);
    const same =
      row !== null &&
      sameBytes(keyOf(row.columns, row.index), keyOf(columns, index)) &&
      sameBytes(valueOf(row.columns, row.index), valueOf(columns, index)) &&
      sameHeaders(headersOf(row.columns, row.index), headers);
    if (!same) throw this.#mismatch(offset, `${publicationId(base, rows.partition, seq)} has other contents`);
    this.#digest.add(keyOf(columns, index), valueOf(columns, index), valueOfHeader(headers, publicationHeaders.id));
    this.#next = seq + 1;
    this.#found++;
  }

  #takeForeign(columns: RecordColumns, index: number, headers: RecordHeaders | null): void {
    this.#foreign++;
    const { outputOf } = this.#settings;
    if (outputOf === null) return;
    const offset = columns.offsets[index] as number;
    this.#foreignKeys.set(foreignKey(outputOf(headers), keyTextOf(columns, index)), offset);
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

/** The id under which a record was published; null for a record of another producer. */
export function publicationOf(headers: RecordHeaders | null): string | null {
  const value = valueOfHeader(headers, publicationHeaders.publication);
  return value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
}

/** Null where there is no such header. */
export function valueOfHeader(headers: RecordHeaders | null, name: string): Uint8Array | null {
  return headers?.find(([candidate]) => candidate === name)?.[1] ?? null;
}

function sameBytes(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === null || other === null ? one === other : Buffer.compare(one, other) === 0;
}

function sameHeaders(one: RecordHeaders | null, other: RecordHeaders | null): boolean {
  if (one === null || other === null) return one === other;
  if (one.length !== other.length) return false;
  return one.every(([name, value], index) => name === other[index]?.[0] && sameBytes(value, other[index]?.[1] ?? null));
}
