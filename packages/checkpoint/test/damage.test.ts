import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRecoveryError, openNdjsonSnapshots } from '@eventmend/core';
import {
  examineCheckpoints,
  openCheckpoint,
  openCheckpointer,
  restoreCheckpoint,
  type Checkpointer,
  type ExaminedCheckpoints,
  type LiveEvent,
} from '@eventmend/checkpoint';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noteProven } from '../src/history/proven-checkpoints.js';
import { liveStoreFormat } from '../src/store/store-format.js';
import { nastyKeys, PlainLoop, Random, randomEvents, seedOf, workerOf, type Shape } from './plain-live.js';

const full = process.env['EVENTMEND_FULL'] !== undefined;
const flips = full ? 5000 : 60;
const topic = 'orders';
const shape: Shape = { many: true, async: false, initial: true, codec: false, window: 8 };
const worker = workerOf(shape);
const keys = nastyKeys.filter((key) => key.length < 100);

/** Folders that the tests damage copies of, with what is in them. */
interface Original {
  readonly folder: string;
  readonly plain: PlainLoop;
  readonly moments: ReadonlyMap<string, PlainLoop>;
  readonly more: readonly LiveEvent[];
}

let scratch: string;
/** Its last connection was closed: all is in live.sqlite. */
let closed: Original;
/** Its process was killed: the last commits are in live.sqlite-wal. */
let killed: Original;
/** The folder of `closed` as it was three checkpoints earlier. */
let older: string;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'eventmend-damage-'));
  const random = new Random(12);
  const folder = join(scratch, 'made');
  const lanes = [0, 1].map(() => randomEvents(random, 260, keys));
  const plain = new PlainLoop(shape, topic);
  const moments = new Map<string, PlainLoop>();
  let checkpointer = await openCheckpointer({ folder, worker, fullEvery: 4 });
  const applyTo = async (partition: number, from: number, to: number): Promise<void> => {
    const events = (lanes[partition] as LiveEvent[]).slice(from, to);
    await checkpointer.apply({ topic, partition, events });
    for (const event of events) plain.apply(partition, event);
  };
  for (let round = 0; round < 6; round++) {
    const step = round === 0 ? 100 : 4;
    const from = round === 0 ? 0 : 96 + round * 4;
    await applyTo(0, from, from + step);
    if (round % 2 === 0) await applyTo(1, from / 2, from / 2 + step);
    const made = await checkpointer.checkpoint();
    moments.set(made?.id ?? '', plain.copy());
    if (round === 2) {
      await checkpointer.close();
      older = join(scratch, 'older');
      cpSync(folder, older, { recursive: true });
      checkpointer = await openCheckpointer({ folder, worker, fullEvery: 4 });
    }
  }
  for (let n = 0; n < 10; n++) await applyTo(0, 120 + n * 3, 123 + n * 3);
  const second = openCheckpoint(folder, 'c-0000000002');
  for (const _ of second.rows());
  noteProven(
    folder,
    new Map([['c-0000000002', { by: 'replay', sha256: lastLine(join(folder, 'c-0000000002.ndjson')) }]]),
  );
  const more = (lanes[0] as LiveEvent[]).slice(148, 175);
  cpSync(folder, join(scratch, 'killed'), { recursive: true });
  killed = { folder: join(scratch, 'killed'), plain, moments, more };
  await checkpointer.close();
  closed = { folder, plain, moments, more };
  expect(existsSync(join(folder, 'live.sqlite-wal'))).toBe(false);
  expect(existsSync(join(killed.folder, 'live.sqlite-wal'))).toBe(true);
  rmSync(join(killed.folder, 'live.sqlite-shm'), { force: true });
});
afterAll(() => rmSync(scratch, { recursive: true }));

function lastLine(file: string): string {
  return (JSON.parse(readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '') as { sha256: string }).sha256;
}

/** Copies a folder, does something to the copy, and hands it to a check. */
async function withCopy<T>(
  original: Original,
  damage: (folder: string) => T,
  check: (folder: string, what: T) => Promise<void>,
) {
  const copy = join(scratch, 'copy');
  rmSync(copy, { recursive: true, force: true });
  cpSync(original.folder, copy, { recursive: true });
  await check(copy, damage(copy));
}

/** What something gives, or the code of what it throws; anything without a code is a failure of the test. */
async function codeOr<T>(work: () => T | Promise<T>): Promise<{ code: string } | { value: T }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    return { code: error.code };
  }
}

async function rowsOf(folder: string, id: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (const { key, text, proof } of openCheckpoint(folder, id).rows())
    rows.push({ key, state: text === null ? undefined : (JSON.parse(text) as unknown), proof });
  return rows;
}

/** Nothing that is called whole may differ from what was made. */
async function expectNothingWrong(
  folder: string,
  { moments, plain, more }: Original,
  damaged: string,
  alsoCheckpoint = false,
): Promise<ExaminedCheckpoints | null> {
  const examined = await codeOr(() => examineCheckpoints(folder, { deep: true }));
  const whole = new Set(
    'value' in examined ? examined.value.checkpoints.filter(({ problem }) => problem === null).map(({ id }) => id) : [],
  );
  const inStore = damaged.startsWith('live.sqlite');
  for (const [id, moment] of inStore ? [] : moments) {
    const rows = await codeOr(() => rowsOf(folder, id));
    if ('value' in rows) expect(rows.value).toEqual(moment.rows());
    else expect(whole.has(id), `${id} is whole and cannot be read`).toBe(false);
  }
  if ('value' in examined) expect(examined.value.newestWhole).toBe([...whole].sort().at(-1) ?? null);

  const snapshots = openNdjsonSnapshots(folder);
  for (const { id } of inStore ? [] : (await snapshots.list()).snapshots) {
    const moment = moments.get(id);
    expect(moment, `core lists ${id}, which nobody made`).toBeDefined();
    const rows: unknown[] = [];
    for await (const row of snapshots.rows(id)) rows.push({ key: row.key, state: row.state });
    expect(rows).toEqual(moment?.rows().flatMap(({ key, state }) => (state === undefined ? [] : [{ key, state }])));
  }

  if (damaged.endsWith('.ndjson') && !alsoCheckpoint) return 'value' in examined ? examined.value : null;
  const opened = await codeOr(() => openCheckpointer({ folder, worker }));
  if ('code' in opened) return 'value' in examined ? examined.value : null;
  const checkpointer = opened.value;
  const after = plain.copy();
  for (const event of more) after.apply(0, event);
  try {
    expectStates(checkpointer, plain);
    const unsent = await codeOr(() => checkpointer.unsent({ limit: 10_000 }));
    if ('value' in unsent)
      expect(unsent.value.map(({ value }) => value)).toEqual(plain.outputs.map(({ value }) => value));
    const applied = await codeOr(() => checkpointer.apply({ topic, partition: 0, events: more }));
    if ('value' in applied) expectStates(checkpointer, after);
    if (alsoCheckpoint) {
      const made = await codeOr(() => checkpointer.checkpoint());
      if ('value' in made && made.value !== null) {
        const { id } = made.value;
        const rows = await codeOr(() => rowsOf(folder, id));
        if ('value' in rows) expect(rows.value).toEqual(('value' in applied ? after : plain).rows());
      }
    }
  } finally {
    await checkpointer.close();
  }
  return 'value' in examined ? examined.value : null;
}

function expectStates(checkpointer: Checkpointer, plain: PlainLoop): void {
  for (const key of nastyKeys) expect([key, checkpointer.state(key)]).toEqual([key, plain.stored(key)]);
  expect(checkpointer.position().map(({ partition, next }) => [partition, next])).toEqual(
    [...plain.next].sort(([a], [b]) => a - b),
  );
}

test('a flipped bit is refused, named or harmless, wherever it is', { timeout: 3_600_000 }, async () => {
  const first = seedOf('flips');
  for (let n = 0; n < flips; n++) {
    const random = new Random(first + n);
    const original = n % 2 === 0 ? closed : killed;
    const names = readdirSync(original.folder).filter((name) => !name.endsWith('-shm'));
    const name = n % 3 === 0 ? random.pick(names) : random.pick(names.filter((one) => /sqlite(-wal)?$/.test(one)));
    const flip = (folder: string): number => {
      const bytes = readFileSync(join(folder, name));
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
      writeFileSync(join(folder, name), bytes);
      return at;
    };
    await withCopy(original, flip, async (folder, at) => {
      const where = `seed ${first + n}: ${name} at byte ${at} of the ${original === closed ? 'closed' : 'killed'} one`;
      try {
        const examined = await expectNothingWrong(folder, original, name, n % 50 === 0);
        if (name.endsWith('.ndjson')) expectNamed(examined, original, name, at);
      } catch (error) {
        throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    });
  }
});

/** The file with the flipped bit is not whole, and where a row is bad it is the one with the bit. */
function expectNamed(examined: ExaminedCheckpoints | null, original: Original, name: string, at: number): void {
  const problem = examined?.checkpoints.find(({ file }) => file.endsWith(name))?.problem ?? null;
  expect(problem).not.toBeNull();
  if (problem?.kind !== 'bad-row') return;
  const before = readFileSync(join(original.folder, name)).subarray(0, at);
  expect(problem.line).toBe(before.toString('latin1').split('\n').length);
}

test('a file that was cut off anywhere is refused or named', { timeout: 3_600_000 }, async () => {
  for (const original of [closed, killed]) {
    for (const name of readdirSync(original.folder).filter((one) => !one.endsWith('-shm'))) {
      const bytes = readFileSync(join(original.folder, name));
      const size = bytes.length;
      const lines = name.endsWith('.ndjson') ? bytes.lastIndexOf(0x0a, size - 2) : size;
      const lengths = [
        0,
        1,
        31,
        32,
        99,
        100,
        4096,
        16_384,
        16_385,
        32_768,
        size >> 1,
        size - 16_384,
        lines,
        lines + 1,
        size - 1,
      ];
      for (const length of new Set(lengths.filter((one) => one >= 0 && one < size && (full || one % 2 === 0)))) {
        await withCopy(
          original,
          (folder) => truncateSync(join(folder, name), length),
          async (folder) => {
            const examined = await expectNothingWrong(folder, original, name).catch((error: unknown) => {
              throw new Error(`${name} cut to ${length}: ${String(error)}`, { cause: error });
            });
            if (!name.endsWith('.ndjson')) return;
            expect(examined?.checkpoints.find(({ file }) => file.endsWith(name))?.problem).not.toBeNull();
          },
        );
      }
    }
  }
});

test('the last commits that a -wal file loses are noticed', { timeout: 600_000 }, async () => {
  const size = readFileSync(join(killed.folder, 'live.sqlite-wal')).length;
  for (const lost of ['gone', 'empty', 'half'] as const) {
    await withCopy(
      killed,
      (folder) => {
        const wal = join(folder, 'live.sqlite-wal');
        if (lost === 'gone') rmSync(wal);
        else truncateSync(wal, lost === 'empty' ? 0 : size >> 1);
      },
      async (folder) => {
        expect(await codeOr(() => openCheckpointer({ folder, worker }))).toEqual({ code: 'corrupt-checkpoint-store' });
        expect(examineCheckpoints(folder, { deep: true }).store?.problem?.message).toMatch(
          /older copy|damaged|cut off/,
        );
      },
    );
  }
});

describe('an older copy that was put back', () => {
  const putBack = (name: string) => (folder: string) => copyFileSync(join(older, name), join(folder, name));

  test('of the store is refused', async () => {
    await withCopy(closed, putBack('live.sqlite'), async (folder) => {
      expect(await codeOr(() => openCheckpointer({ folder, worker }))).toEqual({ code: 'corrupt-checkpoint-store' });
    });
  });

  test('of the store and its head is refused by the head of the checkpoints', async () => {
    const both = (folder: string): void => {
      putBack('live.sqlite')(folder);
      putBack('live.sqlite.head')(folder);
    };
    await withCopy(closed, both, async (folder) => {
      expect(await codeOr(() => openCheckpointer({ folder, worker }))).toEqual({ code: 'corrupt-checkpoint-store' });
    });
  });

  test('of the head alone is no reason to refuse', async () => {
    await withCopy(closed, putBack('live.sqlite.head'), async (folder) => {
      expect(await codeOr(() => openCheckpointer({ folder, worker }))).toHaveProperty('value');
    });
  });

  test('of a checkpoint that others stand on is named, and they are not whole', async () => {
    // Another history with the same names.
    const other = join(scratch, 'other');
    const checkpointer = await openCheckpointer({ folder: other, worker });
    for (let n = 0; n < 6; n++) {
      await checkpointer.apply({ topic, partition: 0, events: closed.more.slice(n, n + 1) });
      await checkpointer.checkpoint();
    }
    await checkpointer.close();
    for (const id of closed.moments.keys()) {
      await withCopy(
        closed,
        (folder) => copyFileSync(join(other, `${id}.ndjson`), join(folder, `${id}.ndjson`)),
        async (folder) => {
          const { checkpoints, breaks, head } = examineCheckpoints(folder, { deep: true });
          const above = checkpoints.filter(({ header }) => header?.previous?.id === id);
          for (const { id: next } of above)
            expect(breaks).toContainEqual({ kind: 'another', checkpoint: next, previous: id });
          if (above.length === 0) expect(head).toBe('differs');
          for (const { id: next, header, problem } of checkpoints) {
            if (header?.base?.id !== id) continue;
            expect(problem).toEqual({ kind: 'base-damaged', base: id });
            expect(await codeOr(() => rowsOf(folder, next))).toEqual({ code: 'invalid-snapshot' });
            expect(await codeOr(() => restoreCheckpoint(folder, next, join(folder, 'restored')))).toEqual({
              code: 'invalid-snapshot',
            });
            expect(existsSync(join(folder, 'restored', 'live.sqlite'))).toBe(false);
          }
        },
      );
    }
  });

  test('under the name of another is named', async () => {
    await withCopy(
      closed,
      (folder) => copyFileSync(join(folder, 'c-0000000001.ndjson'), join(folder, 'c-0000000006.ndjson')),
      async (folder) => {
        const { checkpoints, newestWhole } = examineCheckpoints(folder, { deep: true });
        expect(checkpoints.at(-1)).toMatchObject({ id: 'c-0000000006', problem: { kind: 'other-name' } });
        expect(newestWhole).toBe('c-0000000005');
        expect(await codeOr(() => openCheckpoint(folder, 'c-0000000006'))).toEqual({ code: 'invalid-snapshot' });
        expect(await codeOr(() => rowsOf(folder, 'c-0000000001'))).toHaveProperty('value');
      },
    );
  });
});

describe('a file that is gone', () => {
  test('in the middle is a break, and what stands on it is not whole', async () => {
    for (const id of [...closed.moments.keys()].slice(0, -1)) {
      await withCopy(
        closed,
        (folder) => rmSync(join(folder, `${id}.ndjson`)),
        async (folder) => {
          const { checkpoints, breaks } = examineCheckpoints(folder, { deep: true });
          for (const { id: next, header, problem } of checkpoints) {
            if (header?.base?.id === id) {
              expect(problem).toEqual({ kind: 'base-missing', base: id });
              expect(await codeOr(() => rowsOf(folder, next))).toEqual({ code: 'invalid-snapshot' });
            }
            if (header?.previous?.id === id && id !== 'c-0000000001')
              expect(breaks).toContainEqual({ kind: 'missing', checkpoint: next, previous: id });
          }
        },
      );
    }
  });

  test('the newest one is missed by the head', async () => {
    await withCopy(
      closed,
      (folder) => rmSync(join(folder, 'c-0000000006.ndjson')),
      async (folder) => {
        expect(examineCheckpoints(folder, { deep: true })).toMatchObject({
          head: 'differs',
          breaks: [{ kind: 'newest-missing', checkpoint: 'c-0000000006' }],
          newestWhole: 'c-0000000005',
        });
      },
    );
  });

  test('the heads: it is said, and the store is used as it is', async () => {
    const lose = (folder: string): void => {
      rmSync(join(folder, 'head.json'));
      rmSync(join(folder, 'live.sqlite.head'));
    };
    await withCopy(closed, lose, async (folder) => {
      expect(examineCheckpoints(folder, { deep: true })).toMatchObject({ head: 'absent', store: { problem: null } });
      expect(existsSync(join(folder, 'live.sqlite.head')), 'examining makes no file').toBe(false);
      const checkpointer = await openCheckpointer({ folder, worker });
      expectStates(checkpointer, closed.plain);
      await checkpointer.close();
    });
  });

  test('the store: nothing begins anew beside its checkpoints', async () => {
    const lose = (folder: string): void => {
      for (const name of ['live.sqlite', 'live.sqlite.head']) rmSync(join(folder, name));
    };
    await withCopy(closed, lose, async (folder) => {
      expect(await codeOr(() => openCheckpointer({ folder, worker }))).toEqual({ code: 'corrupt-checkpoint-store' });
      expect(existsSync(join(folder, 'live.sqlite'))).toBe(false);
    });
  });
});

describe('a SQLite file that somebody else made', () => {
  const trigger = 'CREATE TRIGGER more AFTER INSERT ON states BEGIN DELETE FROM partitions; END';
  const hostile: Record<string, (database: Database.Database) => void> = {
    'with a trigger': (database) => database.exec(trigger),
    'with a view in place of a table': (database) =>
      database.exec('ALTER TABLE states RENAME TO hidden; CREATE VIEW states AS SELECT * FROM hidden'),
    'with another table': (database) => database.exec('CREATE TABLE more (x)'),
    'with another index': (database) => database.exec('CREATE INDEX more ON states (text)'),
    'with a column that is computed': (database) =>
      database.exec("ALTER TABLE states ADD COLUMN more TEXT AS (key || 'x')"),
    'without a table': (database) => database.exec('DROP TABLE outbox'),
    'with a state more': (database) =>
      database.exec("INSERT INTO states SELECT 'new', text, proof, hash FROM states LIMIT 1"),
    'with a state less': (database) => database.exec("DELETE FROM states WHERE key = 'a'"),
    'with a position less': (database) => database.exec('DELETE FROM partitions WHERE partition = 1'),
    'with another position': (database) => database.exec('UPDATE partitions SET next = next - 1'),
    'with a recent id less': (database) =>
      database.exec('DELETE FROM recent_ids WHERE place = (SELECT max(place) FROM recent_ids)'),
    'with another count': (database) =>
      database.exec('UPDATE commits SET events = events + 1 WHERE seq = (SELECT max(seq) FROM commits)'),
    'with a commit less': (database) => database.exec('DELETE FROM commits WHERE seq = (SELECT max(seq) FROM commits)'),
    'with another state version': (database) =>
      database.exec("UPDATE meta SET value = '0' WHERE name = 'state_version'"),
    'with nothing of ours': (database) => {
      for (const table of ['meta', 'partitions', 'states', 'commits', 'recent_ids', 'outbox', 'checkpoints'])
        database.exec(`DROP TABLE ${table}`);
      database.exec('CREATE TABLE x (y)');
    },
  };
  test.each(Object.entries(hostile))('%s is refused', async (_, change) => {
    await withCopy(
      closed,
      (folder) => {
        const database = new Database(join(folder, 'live.sqlite'));
        change(database);
        database.close();
      },
      async (folder) => {
        expect(await codeOr(() => openCheckpointer({ folder, worker }))).toEqual({ code: 'corrupt-checkpoint-store' });
        expect(examineCheckpoints(folder, { deep: true }).store?.problem).not.toBeNull();
      },
    );
  });

  test('with the id of ours and nothing in it is refused', async () => {
    const folder = mkdtempSync(join(scratch, 'stranger-'));
    const database = new Database(join(folder, 'live.sqlite'));
    database.pragma(`application_id = ${liveStoreFormat.applicationId}`);
    database.pragma(`user_version = ${liveStoreFormat.version}`);
    database.exec('CREATE TABLE states (key, text, proof, hash, changed)');
    database.close();
    expect(await codeOr(() => openCheckpointer({ folder, worker }))).toEqual({ code: 'corrupt-checkpoint-store' });
  });
});

test('a list of touched keys that lost one makes no checkpoint that is called whole', async () => {
  await withCopy(
    closed,
    () => undefined,
    async (folder) => {
      const checkpointer = await openCheckpointer({ folder, worker, fullEvery: 100 });
      await checkpointer.apply({ topic, partition: 0, events: closed.more });
      // As if the disk had lost what the store says of a key that was touched.
      const database = new Database(join(folder, 'live.sqlite'));
      const changed = database.exec('DELETE FROM touched WHERE key = (SELECT max(key) FROM touched)');
      changed.close();
      const made = await checkpointer.checkpoint();
      await checkpointer.close();
      const { checkpoints, newestWhole } = examineCheckpoints(folder, { deep: true });
      if (made !== null && checkpoints.at(-1)?.header?.base !== null) {
        expect(checkpoints.at(-1)).toMatchObject({ id: made.id, problem: { kind: 'states-differ' } });
        expect(newestWhole).toBe('c-0000000006');
        expect(await codeOr(() => rowsOf(folder, made.id))).toEqual({ code: 'invalid-snapshot' });
      } else expect(checkpoints.at(-1)?.problem).toBeNull();
    },
  );
});
