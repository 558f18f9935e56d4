import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashState } from '../../engine/digest/state-digest.js';
import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { describeRunStoreContract } from '../../testing/run-store-contract.js';
import type { LaneHead } from '../../engine/store/run-store.js';
import { lockRun } from './run-lock.js';
import { openSqliteRunStore } from './sqlite-run-store.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eventmend-store-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describeRunStoreContract({ describe, it, expect }, 'SQLite', () => {
  const own = mkdtempSync(join(tmpdir(), 'eventmend-store-contract-'));
  const file = join(own, 'run.db');
  const opened = [openSqliteRunStore(file, { create: true })];
  const [store] = opened;
  if (store === undefined) throw new Error('no store');
  return {
    store,
    reopen: () => {
      const again = openSqliteRunStore(file, { create: false });
      opened.push(again);
      return again;
    },
    dispose: () => {
      for (const one of opened) one.close();
      rmSync(own, { recursive: true, force: true });
    },
  };
});

function head(seq: number): LaneHead {
  return {
    lane: 0,
    seq,
    partitions: [],
    orderFlags: [],
    stateDelta: '0'.repeat(64),
    keysDelta: 0,
    outputs: 0,
    outputChain: '',
    floor: 0,
    quarantined: 0,
    negativeZeros: 0,
    deduplicated: 0,
    done: false,
  };
}

/** Commits `from` to `to`, each with a state of its own. */
function commitAll(file: string, from: number, to: number): void {
  const store = openSqliteRunStore(file, { create: true });
  const lane = store.lane(0);
  for (let seq = from; seq <= to; seq++) {
    const key = `k${seq}`;
    const states = [{ key, text: String(seq), provenance: 0, hash: hashState(key, seq) }];
    lane.commit({
      head: head(seq),
      states,
      chunks: [],
      provenance: [],
      quarantined: [],
      blockedKeys: [],
      recentIds: null,
    });
  }
  store.close();
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return isRecoveryError(error) ? error.code : String(error);
  }
  return 'no error';
}

const openLane = (file: string): unknown => {
  const store = openSqliteRunStore(file, { create: false });
  try {
    return store.lane(0).head;
  } finally {
    store.close();
  }
};

describe('a store that was tampered with', () => {
  it('an older copy put back is refused', () => {
    const file = join(folder, 'run.db');
    commitAll(file, 1, 3);
    copyFileSync(file, `${file}.old`);
    commitAll(file, 4, 6);
    copyFileSync(`${file}.old`, file);
    expect(codeOf(() => openLane(file))).toBe('corrupt-run-store');
  });

  it('a copy that went another way is refused', () => {
    const file = join(folder, 'run.db');
    commitAll(file, 1, 2);
    copyFileSync(file, `${file}.old`);
    commitAll(file, 3, 3);
    const heads = readFileSync(`${file}.head`);
    copyFileSync(`${file}.old`, file);
    writeFileSync(`${file}.head`, '');
    const database = new Database(file);
    database.exec('UPDATE heads SET head = replace(head, \'"keysDelta":0\', \'"keysDelta":9\')');
    database.close();
    expect(codeOf(() => openLane(file))).toBe('corrupt-run-store');
    writeFileSync(`${file}.head`, heads);
    expect(codeOf(() => openLane(file))).toBe('corrupt-run-store');
  });

  it('a database whose write-ahead log was lost is refused', () => {
    const file = join(folder, 'run.db');
    commitAll(file, 1, 2);
    const store = openSqliteRunStore(file, { create: false });
    const lane = store.lane(0);
    lane.commit({
      head: head(3),
      states: [],
      chunks: [],
      provenance: [],
      quarantined: [],
      blockedKeys: [],
      recentIds: null,
    });
    // As after a power loss with the -wal file gone: copies of the files as they are while the store is open.
    copyFileSync(file, join(folder, 'lost.db'));
    copyFileSync(`${file}.head`, join(folder, 'lost.db.head'));
    store.close();
    expect(codeOf(() => openLane(join(folder, 'lost.db')))).toBe('corrupt-run-store');
  });

  it('a lagging head file is taken for what it is: the crash came between the two', () => {
    const file = join(folder, 'run.db');
    commitAll(file, 1, 2);
    const before = readFileSync(`${file}.head`);
    commitAll(file, 3, 3);
    writeFileSync(`${file}.head`, before);
    expect(openLane(file)).toMatchObject({ seq: 3 });
  });

  it('a file of another version, or of another program, is refused', () => {
    const file = join(folder, 'run.db');
    commitAll(file, 1, 1);
    const database = new Database(file);
    database.pragma('user_version = 99');
    database.close();
    expect(codeOf(() => openLane(file))).toBe('run-store-version-mismatch');
    const stranger = join(folder, 'stranger.db');
    new Database(stranger).exec('CREATE TABLE t (a)').close();
    expect(codeOf(() => openLane(stranger))).toBe('corrupt-run-store');
    const text = join(folder, 'text.db');
    writeFileSync(text, 'not a database, but long enough to be looked at as one'.repeat(40));
    expect(codeOf(() => openLane(text))).toBe('corrupt-run-store');
    expect(codeOf(() => openLane(join(folder, 'absent.db')))).toBe('run-not-found');
  });

  it('truncated, it is refused', () => {
    const file = join(folder, 'run.db');
    commitAll(file, 1, 40);
    const size = statSync(file).size;
    for (const share of [0.1, 0.4, 0.7, 0.95]) {
      const cut = join(folder, `cut-${share}.db`);
      copyFileSync(file, cut);
      copyFileSync(`${file}.head`, `${cut}.head`);
      truncateSync(cut, Math.floor(size * share));
      expect(codeOf(() => openLane(cut))).toBe('corrupt-run-store');
    }
  });

  it('a flipped bit in a state is found by its hash', () => {
    const file = join(folder, 'run.db');
    const store = openSqliteRunStore(file, { create: true });
    const value = { marker: 'look-for-this' };
    const states = [{ key: 'k', text: JSON.stringify(value), provenance: 0, hash: hashState('k', value) }];
    store
      .lane(0)
      .commit({ head: head(1), states, chunks: [], provenance: [], quarantined: [], blockedKeys: [], recentIds: null });
    store.close();
    const place = readFileSync(file).indexOf('look-for-this');
    expect(place).toBeGreaterThan(0);
    const descriptor = openSync(file, 'r+');
    writeSync(descriptor, 'L', place);
    closeSync(descriptor);
    const again = openSqliteRunStore(file, { create: false });
    const [row] = [...again.states()];
    expect(row?.text).toContain('Look-for-this');
    expect(hashState('k', JSON.parse(row?.text ?? ''))).not.toBe(row?.hash);
    expect(codeOf(() => again.lane(0).load('k'))).toBe('corrupt-run-store');
    again.close();
  });
});

describe('a full disk', () => {
  it('is a transient error that leaves every earlier commit in place', () => {
    const file = join(folder, 'run.db');
    commitAll(file, 1, 3);
    const limit = new Database(file);
    const pages = Number(limit.pragma('page_count', { simple: true }));
    limit.close();
    const store = openSqliteRunStore(file, { create: false, maxPages: pages + 1 });
    const text = JSON.stringify('x'.repeat(1_000_000));
    const states = [{ key: 'big', text, provenance: 0, hash: hashState('big', JSON.parse(text)) }];
    const commit = {
      head: head(4),
      states,
      chunks: [],
      provenance: [],
      quarantined: [],
      blockedKeys: [],
      recentIds: null,
    };
    expect(
      codeOf(() => {
        store.lane(0).commit(commit);
      }),
    ).toBe('disk-write-failed');
    store.close();
    expect(openLane(file)).toMatchObject({ seq: 3 });
  });
});

describe('the lock of a run', () => {
  it('turns the second away and is free again after release', () => {
    const file = join(folder, 'run.lock');
    const first = lockRun(file, 'r-00000000');
    expect(codeOf(() => lockRun(file, 'r-00000000'))).toBe('locked-by-another-process');
    first.release();
    first.release();
    lockRun(file, 'r-00000000').release();
    expect(existsSync(file)).toBe(true);
  });
});
