import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** So many buckets are processed one after the other. */
const buckets = 256;
/** So many rows are kept before they go to files. */
const keptRows = 400_000;

/**
 * Rows put apart by a name, so that all rows of a name can be looked at together without all rows in memory: few of them
 * stay in memory, many go to temporary files.
 */
export class Spill<Row extends readonly unknown[]> {
  #kept: Row[][] = newBuckets();
  readonly #limit: number;
  #count = 0;
  #folder: string | null = null;

  constructor(limit = keptRows) {
    this.#limit = limit;
  }

  add(name: string, row: Row): void {
    this.#kept[hashOf(name) % buckets]?.push(row);
    if (++this.#count > this.#limit) this.#write();
  }

  /** Gives each bucket once, and forgets it. Rows of one name stand together in one, in the order in which they came. */
  *read(): Generator<readonly Row[]> {
    const kept = this.#kept;
    this.#kept = newBuckets();
    this.#count = 0;
    for (let index = 0; index < buckets; index++) {
      const rows = kept[index] ?? [];
      kept[index] = [];
      const text = this.#folder === null ? '' : this.#textOf(index);
      // What stands in a file ends with a comma.
      const written = text === '' ? [] : (JSON.parse(`[${text.slice(0, -1)}]`) as Row[]);
      if (written.length + rows.length > 0) yield written.length === 0 ? rows : written.concat(rows);
    }
  }

  close(): void {
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = null;
  }

  #write(): void {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'eventmend-matching-'));
    for (const [index, kept] of this.#kept.entries()) {
      if (kept.length === 0) continue;
      appendFileSync(join(this.#folder, String(index)), `${JSON.stringify(kept).slice(1, -1)},`, { mode: 0o600 });
      this.#kept[index] = [];
    }
    this.#count = 0;
  }

  #textOf(index: number): string {
    try {
      return readFileSync(join(this.#folder ?? '', String(index)), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  }
}

function newBuckets<Row>(): Row[][] {
  return Array.from({ length: buckets }, () => []);
}

/** FNV-1a over the code units, mixed so that low and high bits serve. */
export function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
