import type { LiveStore } from './live-store.js';
import { isAlive, type ProcessName } from './process-name.js';
import { hashFields } from './state-row.js';

/** A checkpoint as the store has noted it. */
export interface NotedCheckpoint {
  readonly number: number;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly begun: number;
  /** The id of the one that it stands on; null for a full one. */
  readonly base: string | null;
  /** The commit that it shows. */
  readonly seq: number;
  /** Events applied up to it. */
  readonly events: number;
  /** What its end line says. */
  readonly sha256: string;
}

/** A checkpoint that is being made. */
export interface BegunCheckpoint {
  readonly number: number;
  readonly id: string;
  /** The id of one whose process has died over it: what is left of its file can go. */
  readonly abandoned: string | null;
}

/** After so long another process takes a checkpoint that was begun for given up, in milliseconds. */
const givenUpMs = 10 * 60 * 1000;

/** The list of checkpoints in the store: who makes the next one, and what was made. */
export class CheckpointLog {
  readonly #store: LiveStore;
  readonly #statements: ReturnType<typeof prepareStatements>;

  constructor(store: LiveStore) {
    this.#store = store;
    this.#statements = prepareStatements(store);
  }

  /** The newest one that is finished. */
  newest(): NotedCheckpoint | null {
    const newest = this.#statements.newest.get();
    return newest === undefined ? null : this.#checked(newest);
  }

  /** The finished ones, the oldest first. */
  all(): readonly NotedCheckpoint[] {
    return this.#statements.all.all().map((row) => this.#checked(row));
  }

  /** Null where another process is making one; to be called in a transaction. */
  begin(owner: ProcessName, now: number): BegunCheckpoint | null {
    const { unfinished, insert, drop } = this.#statements;
    const other = unfinished.get();
    if (other !== undefined) {
      if (isAlive(other.owner) && other.owner !== owner && now - other.begun < givenUpMs) return null;
      drop.run(other.number);
    }
    const number = Number(this.#store.meta('last_checkpoint') ?? 0) + 1;
    const id = `c-${String(number).padStart(10, '0')}`;
    insert.run(number, id, owner, now);
    // Numbers are never used again, also after one was dropped.
    this.#store.setMeta('last_checkpoint', String(number));
    return { number, id, abandoned: other?.id ?? null };
  }

  /** False where another process has given this one up meanwhile; to be called in a transaction. */
  finish(number: number, made: Omit<NotedCheckpoint, 'number' | 'id' | 'begun'>, now: number): boolean {
    const { finish, begunOf, forgetTouched } = this.#statements;
    const begun = begunOf.get(number);
    if (begun === undefined) return false;
    const hash = hashNoted({ ...begun, ...made, number });
    finish.run(now, made.base, made.seq, made.events, made.sha256, hash, number);
    // What it holds, the next one need not look for.
    forgetTouched.run(made.seq);
    return true;
  }

  drop(number: number): void {
    this.#statements.drop.run(number);
  }

  /** Commits that no checkpoint needs for its chain; the newest stays. To be called in a transaction. */
  dropCommitsBefore(seq: number): void {
    const { lastBefore, dropCommits } = this.#statements;
    const last = lastBefore.get(seq);
    if (last === undefined) return;
    this.#store.setMeta('chain_before', last);
    dropCommits.run(seq);
  }

  #checked({ hash, ...noted }: NotedRow): NotedCheckpoint {
    if (hashNoted(noted) === hash) return noted;
    throw this.#store.damaged(`what it notes of checkpoint ${noted.id} does not match its hash`);
  }
}

interface NotedRow extends NotedCheckpoint {
  readonly hash: string;
}

function hashNoted({ number, id, begun, base, seq, events, sha256 }: NotedCheckpoint): string {
  return hashFields('checkpoints', [number, id, begun, base, seq, events, sha256]);
}

function prepareStatements({ database }: LiveStore) {
  const columns = 'number, id, begun, base, seq, events, sha256, hash';
  return {
    newest: database.prepare<[], NotedRow>(
      `SELECT ${columns} FROM checkpoints WHERE finished IS NOT NULL ORDER BY number DESC LIMIT 1`,
    ),
    all: database.prepare<[], NotedRow>(
      `SELECT ${columns} FROM checkpoints WHERE finished IS NOT NULL ORDER BY number`,
    ),
    unfinished: database.prepare<[], { number: number; id: string; owner: ProcessName; begun: number }>(
      'SELECT number, id, owner, begun FROM checkpoints WHERE finished IS NULL',
    ),
    begunOf: database.prepare<[number], { id: string; begun: number }>(
      'SELECT id, begun FROM checkpoints WHERE number = ?',
    ),
    insert: database.prepare<[number, string, string, number]>(
      'INSERT INTO checkpoints (number, id, owner, begun) VALUES (?, ?, ?, ?)',
    ),
    finish: database.prepare<[number, string | null, number, number, string, string, number]>(
      'UPDATE checkpoints SET finished = ?, base = ?, seq = ?, events = ?, sha256 = ?, hash = ? WHERE number = ?',
    ),
    forgetTouched: database.prepare<[number]>('DELETE FROM touched WHERE seq <= ?'),
    drop: database.prepare<[number]>('DELETE FROM checkpoints WHERE number = ?'),
    lastBefore: database
      .prepare<[number], string>(
        'SELECT chain FROM commits WHERE seq < ? AND seq < (SELECT max(seq) FROM commits) ORDER BY seq DESC LIMIT 1',
      )
      .pluck(),
    dropCommits: database.prepare<[number]>(
      'DELETE FROM commits WHERE seq < ? AND seq < (SELECT max(seq) FROM commits)',
    ),
  };
}
