import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PackedRows, unpackFile, type Cell } from './packed-rows.js';

/** So many buckets are processed one after the other. */
const buckets = 256;
/** So many rows are kept before they go to files. */
const keptRows = 400_000;

/**
 * Rows put apart by a name, so that all rows of a name can be looked at together without all rows in memory: few of them
 * stay in memory, many go to temporary files.
 */
export class Spill<Row extends readonly Cell[]> {
  #kept = newBuckets<Row>();
  readonly #limit: number;
  #count = 0;
  #folder: string | null = null;

  constructor(limit = keptRows) {
    this.#limit = limit;
  }

  add(name: string, row: Row): void {
    this.#kept[hashOf(name) % buckets]?.add(row);
    if (++this.#count > this.#limit) this.#write();
  }

  /** Gives each bucket once, and forgets it. Rows of one name stand together in one, in the order in which they came. */
  *read(): Generator<readonly Row[]> {
    const kept: (PackedRows<Row> | undefined)[] = this.#kept;
    this.#kept = newBuckets();
    this.#count = 0;
    for (let index = 0; index < buckets; index++) {
      const rows: Row[] = [];
      const written = this.#folder === null ? null : this.#contentOf(index);
      if (written !== null) unpackFile(written, rows);
      kept[index]?.unpackInto(rows);
      kept[index] = undefined;
      if (rows.length > 0) yield rows;
    }
  }

  close(): void {
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = null;
  }

  #write(): void {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'eventmend-matching-'));
    for (const [index, rows] of this.#kept.entries()) {
      if (rows.isEmpty) continue;
      appendFileSync(join(this.#folder, String(index)), Buffer.concat(rows.chunks()), { mode: 0o600 });
      rows.clear();
    }
    this.#count = 0;
  }

  /** Null where nothing of the bucket was written. */
  #contentOf(index: number): Buffer | null {
    try {
      return readFileSync(join(this.#folder ?? '', String(index)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }
}

function newBuckets<Row extends readonly Cell[]>(): PackedRows<Row>[] {
  return Array.from({ length: buckets }, () => new PackedRows<Row>());
}

/** FNV-1a over the code units, mixed so that low and high bits serve. */
export function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
