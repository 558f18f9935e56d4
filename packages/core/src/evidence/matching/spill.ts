import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** So many buckets are processed one after the other. */
const buckets = 256;
/** So many characters are kept before they go to files. */
const keptCharacters = 48_000_000;

/**
 * Rows put apart by a name, so that all rows of a name can be looked at together without all rows in memory: few of them
 * stay in memory, many go to temporary files.
 */
export class Spill<Row extends readonly unknown[]> {
  readonly #kept: string[][] = Array.from({ length: buckets }, () => []);
  readonly #limit: number;
  #characters = 0;
  #folder: string | null = null;

  constructor(limit = keptCharacters) {
    this.#limit = limit;
  }

  add(name: string, row: Row): void {
    const text = JSON.stringify(row);
    this.#kept[hashOf(name) % buckets]?.push(text);
    this.#characters += text.length;
    if (this.#characters > this.#limit) this.#write();
  }

  /** Gives each bucket once, and forgets it. Rows of one name stand together in one, in the order in which they came. */
  *read(): Generator<readonly Row[]> {
    for (const [index, kept] of this.#kept.entries()) {
      const file = this.#folder === null ? '' : this.#textOf(index);
      this.#kept[index] = [];
      if (file === '' && kept.length === 0) continue;
      yield JSON.parse(`[${file}${kept.join(',') || 'null'}]`).filter((row: Row | null) => row !== null) as Row[];
    }
    this.#characters = 0;
  }

  close(): void {
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = null;
  }

  #write(): void {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'eventmend-matching-'));
    for (const [index, kept] of this.#kept.entries()) {
      if (kept.length === 0) continue;
      appendFileSync(join(this.#folder, String(index)), `${kept.join(',')},`, { mode: 0o600 });
      this.#kept[index] = [];
    }
    this.#characters = 0;
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

/** FNV-1a over the code units, mixed so that low and high bits serve. */
export function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
