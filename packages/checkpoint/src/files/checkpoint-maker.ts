import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from '@eventmend/core';
import { stateVersionOf, writeFileDurably } from '@eventmend/core/engine';
import type { CheckpointerSettings, CheckpointRhythm } from '../live/checkpointer-settings.js';
import type { LiveMetrics } from '../live/live-metrics.js';
import { chooseExpired } from '../history/choose-expired.js';
import { readProven } from '../history/proven-checkpoints.js';
import { CheckpointLog, type BegunCheckpoint, type NotedCheckpoint } from '../store/checkpoint-log.js';
import type { LiveStore } from '../store/live-store.js';
import type { ProcessName } from '../store/process-name.js';
import { CheckpointThread } from './checkpoint-thread.js';
import { copyCheckpoint } from './copy-checkpoint.js';
import type { CheckpointJob, MadeCheckpoint } from './make-checkpoint.js';

interface MakerOptions {
  readonly folder: string;
  readonly store: LiveStore;
  readonly owner: ProcessName;
  readonly worker: Worker;
  readonly workerHash: string | null;
  readonly rhythm: CheckpointRhythm;
  readonly settings: CheckpointerSettings;
  readonly now: () => number;
  readonly metrics: LiveMetrics;
  /** Runs something in a transaction of its own, when no batch is in hand. */
  readonly transact: <Result>(work: () => Result) => Promise<Result>;
}

/** Says when a checkpoint is due, makes it, copies it, and lets go of those that the policy has no use for. */
export class CheckpointMaker {
  readonly #options: MakerOptions;
  readonly #log: CheckpointLog;
  readonly #thread: CheckpointThread;
  #making: Promise<{ id: string; file: string } | null> | null = null;
  /** When this process opened the store: without a checkpoint, seconds count from here. */
  readonly #opened: number;

  constructor(options: MakerOptions) {
    this.#options = options;
    this.#log = new CheckpointLog(options.store);
    this.#thread = new CheckpointThread(options.store.file);
    this.#opened = options.now();
  }

  isDue(): boolean {
    if (this.#making !== null) return false;
    const { store, rhythm, now } = this.#options;
    const newest = this.#log.newest();
    const events = store.link().events - (newest?.events ?? 0);
    if (events === 0) return false;
    return events >= rhythm.events || now() - (newest?.begun ?? this.#opened) >= rhythm.seconds * 1000;
  }

  /** @throws Error with the reason why there is none; it is counted */
  make(): Promise<{ id: string; file: string } | null> {
    return (this.#making ??= this.#make().finally(() => (this.#making = null)));
  }

  async close(): Promise<void> {
    await this.#making?.catch(() => undefined);
    await this.#thread.close();
  }

  async #make(): Promise<{ id: string; file: string } | null> {
    const { store, owner, now, metrics, folder, settings, transact } = this.#options;
    if (this.#log.newest()?.seq === store.link().seq) return null;
    const takenAt = now();
    const begun = await transact(() => this.#log.begin(owner, takenAt));
    if (begun === null) return null;
    // From here on no other process finishes one.
    const newest = this.#log.newest();
    if (begun.abandoned !== null) this.#removeRests(begun.abandoned);
    const file = this.#fileOf(begun.id);
    const started = performance.now();
    try {
      const made = await this.#thread.make(this.#jobOf(begun, newest, file, takenAt));
      const noted = await transact(() => this.#finish(begun, made, takenAt));
      if (!noted) {
        rmSync(file, { force: true });
        return null;
      }
      writeFileDurably(join(folder, 'head.json'), headText(begun.id, made));
      metrics.made++;
      metrics.last = begun.id;
      metrics.lastMs = performance.now() - started;
      if (settings.copyTo !== undefined) await copyCheckpoint(file, settings.copyTo);
      await this.#expire();
      return { id: begun.id, file };
    } catch (error) {
      metrics.failed++;
      metrics.lastError = error instanceof Error ? error.message : String(error);
      await transact(() => {
        // One that was finished stays: only its copy failed.
        if (!this.#log.all().some(({ number }) => number === begun.number)) this.#log.drop(begun.number);
      });
      throw error;
    }
  }

  #jobOf(begun: BegunCheckpoint, newest: NotedCheckpoint | null, file: string, takenAt: number): CheckpointJob {
    const { worker, workerHash, settings } = this.#options;
    const earlier = newest === null ? null : { id: newest.id, sha256: newest.sha256 };
    return {
      file,
      takenAt,
      header: {
        id: begun.id,
        worker: `${worker.name}@${worker.version}`,
        worker_hash: workerHash,
        state_version: stateVersionOf(worker),
        previous: earlier,
        omits: settings.omits ?? {},
      },
      base: newest === null || earlier === null || this.#isTimeForFull() ? null : { ...earlier, seq: newest.seq },
    };
  }

  #isTimeForFull(): boolean {
    const all = this.#log.all();
    const sinceFull = all.length - 1 - all.findLastIndex(({ base }) => base === null);
    return sinceFull + 1 >= this.#options.rhythm.fullEvery;
  }

  #finish(begun: BegunCheckpoint, made: MadeCheckpoint, takenAt: number): boolean {
    const { base, link, sha256 } = made;
    return this.#log.finish(begun.number, { base, seq: link.seq, events: link.events, sha256 }, takenAt);
  }

  async #expire(): Promise<void> {
    const { folder, settings, now, transact } = this.#options;
    const proven = readProven(folder);
    const kept = this.#log.all().map(({ id, base, begun }) => ({ id, base, takenAt: begun, proven: proven.has(id) }));
    const expired = new Set(chooseExpired(kept, settings.keep ?? {}, now()));
    if (expired.size === 0) return;
    const oldest = this.#log.all().find(({ id }) => !expired.has(id));
    await transact(() => {
      for (const { id, number } of this.#log.all()) if (expired.has(id)) this.#log.drop(number);
      if (oldest !== undefined) this.#log.dropCommitsBefore(oldest.seq);
    });
    // The list first: a file that nobody lists is found and named, one that is listed and gone would look like a loss.
    for (const id of expired) rmSync(this.#fileOf(id), { force: true });
  }

  /** What a process left that died over a checkpoint. */
  #removeRests(id: string): void {
    const { folder } = this.#options;
    for (const name of readdirSync(folder))
      if (name === `${id}.ndjson` || name.startsWith(`${id}.ndjson.partial-`))
        rmSync(join(folder, name), { force: true });
  }

  #fileOf(id: string): string {
    return join(this.#options.folder, `${id}.ndjson`);
  }
}

/** The newest checkpoint and the commit that it shows, outside of both. */
function headText(id: string, { sha256, link }: MadeCheckpoint): string {
  const commit = { sequence: link.seq, events: link.events, chain: link.chain };
  return `${JSON.stringify({ format_version: 1, kind: 'checkpoint-head', checkpoint: { id, sha256 }, commit })}\n`;
}
