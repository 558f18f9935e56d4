import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { openSqlite } from '../../sources/drivers/open-sqlite.js';

/** A map that keeps what is new in memory and moves the rest into a temporary SQLite file once it holds too much. */
export interface ScratchMap<Key extends string | number, Value> {
  readonly size: number;
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
  /** The same for a key that is certain not to be there, which costs less. */
  add(key: Key, value: Value): void;
  delete(key: Key): void;
  /** By key: numbers by size, texts by their UTF-8 bytes. */
  inOrder(): Iterable<readonly [Key, Value]>;
}

/** Entries on disk, sorted by place. */
export interface SortedRun<Row> {
  /** Those of one place; asking for rising places is cheap. */
  at(place: number): readonly Row[];
  entries(): Iterable<readonly [place: number, row: Row]>;
}

export interface Scratch {
  /** Values are written as JSON, so they must be plain. */
  map<Key extends string | number, Value>(): ScratchMap<Key, Value>;
  /** Writes entries that are sorted by place. @param entries each row as JSON text */
  writeRun<Row>(entries: readonly (readonly [place: number, row: string])[]): SortedRun<Row>;
  /** Entries that were moved to the file so far. */
  readonly spilled: number;
  /** Removes the file. */
  close(): void;
}

type Connection = Database.Database;

/** Tells the files of one process apart. */
let opened = 0;

/**
 * Room for what does not fit into memory.
 * @param folder where the file goes; made if it is not there
 * @param limit entries that a map keeps in memory
 */
export function openScratch(folder: string, limit: number): Scratch {
  const file = join(folder, `corrections-${process.pid}-${opened++}.scratch`);
  let connection: Connection | null = null;
  let tables = 0;
  let spilled = 0;
  const open = (): Connection => {
    if (connection === null) {
      mkdirSync(folder, { recursive: true });
      rmSync(file, { force: true });
      connection = openSqlite(file);
      // Nothing in it outlives the process, so nothing needs to be safe against a crash.
      connection.pragma('journal_mode = OFF');
      connection.pragma('synchronous = OFF');
      // What comes of one table is put into another while the first is read.
      connection.unsafeMode(true);
    }
    return connection;
  };
  return {
    map: <Key extends string | number, Value>() =>
      new SpillingMap<Key, Value>(`entry_${tables++}`, limit, open, (count) => (spilled += count)),
    writeRun: <Row>(entries: readonly (readonly [number, string])[]) => {
      spilled += entries.length;
      const name = `run_${tables++}`;
      return sortedRun<Row>(open(), name, writeChunks(open(), name, entries));
    },
    get spilled() {
      return spilled;
    },
    close: () => {
      connection?.close();
      connection = null;
      rmSync(file, { force: true });
    },
  };
}

class SpillingMap<Key extends string | number, Value> implements ScratchMap<Key, Value> {
  readonly #memory = new Map<Key, Value>();
  #onDisk = 0;
  #table: EntryTable | null = null;
  readonly #name: string;
  readonly #limit: number;
  readonly #open: () => Connection;
  readonly #count: (moved: number) => void;

  constructor(name: string, limit: number, open: () => Connection, count: (moved: number) => void) {
    this.#name = name;
    this.#limit = limit;
    this.#open = open;
    this.#count = count;
  }

  get size(): number {
    return this.#memory.size + this.#onDisk;
  }

  get(key: Key): Value | undefined {
    const known = this.#memory.get(key);
    if (known !== undefined || this.#onDisk === 0) return known;
    const text = this.#table?.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as Value);
  }

  set(key: Key, value: Value): void {
    if (this.#onDisk > 0 && !this.#memory.has(key)) this.#onDisk -= this.#table?.delete(key) ?? 0;
    this.add(key, value);
  }

  add(key: Key, value: Value): void {
    this.#memory.set(key, value);
    if (this.#memory.size > this.#limit) this.#spill(Math.ceil(this.#limit / 2));
  }

  delete(key: Key): void {
    if (this.#memory.delete(key) || this.#onDisk === 0) return;
    this.#onDisk -= this.#table?.delete(key) ?? 0;
  }

  *inOrder(): Iterable<readonly [Key, Value]> {
    if (this.#onDisk === 0) {
      for (const key of [...this.#memory.keys()].sort(compareKeys)) yield [key, this.#memory.get(key) as Value];
      return;
    }
    this.#spill(this.#memory.size);
    for (const { key, body } of this.#table?.inOrder() ?? []) yield [key as Key, JSON.parse(body) as Value];
  }

  /** Moves the oldest entries. */
  #spill(count: number): void {
    this.#table ??= entryTable(this.#open(), this.#name);
    const moved: [Key, string][] = [];
    for (const [key, value] of this.#memory) {
      if (moved.length === count) break;
      moved.push([key, JSON.stringify(value)]);
    }
    for (const [key] of moved) this.#memory.delete(key);
    this.#table.insert(moved);
    this.#onDisk += moved.length;
    this.#count(moved.length);
  }
}

const entriesOfChunk = 500;

/** @returns the last place of each chunk */
function writeChunks(
  connection: Connection,
  name: string,
  entries: readonly (readonly [number, string])[],
): readonly number[] {
  connection.exec(`CREATE TABLE ${name} (number INTEGER PRIMARY KEY, body TEXT NOT NULL)`);
  const insert = connection.prepare(`INSERT INTO ${name} VALUES (?, ?)`);
  const lastPlaces: number[] = [];
  refusedByDisk(() => {
    connection.transaction(() => {
      for (let at = 0; at < entries.length; at += entriesOfChunk) {
        const chunk = entries.slice(at, at + entriesOfChunk);
        insert.run(lastPlaces.length, `[${chunk.map(([place, row]) => `[${place},${row}]`).join(',')}]`);
        lastPlaces.push(chunk.at(-1)?.[0] ?? 0);
      }
    })();
  });
  return lastPlaces;
}

/** Nothing here may see what was written: it would keep all of it in memory. */
function sortedRun<Row>(connection: Connection, name: string, lastPlaces: readonly number[]): SortedRun<Row> {
  type Entries = readonly (readonly [number, Row])[];
  const select = connection.prepare<[number], string>(`SELECT body FROM ${name} WHERE number = ?`).pluck();
  const read = (number: number): Entries => JSON.parse(select.get(number) ?? '[]') as Entries;
  let held: { readonly number: number; readonly entries: Entries } = { number: -1, entries: [] };
  const chunk = (number: number): Entries => {
    if (held.number !== number) held = { number, entries: read(number) };
    return held.entries;
  };
  return {
    at: (place) => {
      const rows: Row[] = [];
      for (let number = firstReaching(lastPlaces, place); number < lastPlaces.length; number++) {
        for (const [other, row] of chunk(number)) if (other === place) rows.push(row);
        if ((lastPlaces[number] ?? 0) > place) break;
      }
      return rows;
    },
    *entries() {
      for (let number = 0; number < lastPlaces.length; number++) yield* read(number);
    },
  };
}

/** The first index whose place is not below. */
function firstReaching(places: readonly number[], place: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] as number) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

function refusedByDisk(write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw new RecoveryError('disk-write-failed', 'the disk refused what is kept aside for the corrections', {
      hint: 'make room in the folder of the store and run the same command again',
      cause,
    });
  }
}

type EntryTable = ReturnType<typeof entryTable>;

function entryTable(connection: Connection, name: string) {
  // A column without a type keeps numbers numbers and texts texts, each with its own order.
  connection.exec(`CREATE TABLE ${name} (key NOT NULL PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID`);
  const select = connection.prepare<[string | number], string>(`SELECT body FROM ${name} WHERE key = ?`).pluck();
  const remove = connection.prepare(`DELETE FROM ${name} WHERE key = ?`);
  const add = connection.prepare(`INSERT INTO ${name} VALUES (?, ?)`);
  const addAll = connection.transaction((entries: readonly (readonly [string | number, string])[]) => {
    for (const [key, body] of entries) add.run(key, body);
  });
  return {
    get: (key: string | number) => select.get(key),
    delete: (key: string | number) => remove.run(key).changes,
    insert: (entries: readonly (readonly [string | number, string])[]) => {
      refusedByDisk(() => {
        addAll(entries);
      });
    },
    inOrder: () =>
      connection.prepare<[], { key: string | number; body: string }>(`SELECT * FROM ${name} ORDER BY key`).iterate(),
  };
}

function compareKeys(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}
