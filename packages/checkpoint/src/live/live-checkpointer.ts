import {
  RecoveryError,
  isRecoveryError,
  type EventPage,
  type PartitionId,
  type Position,
  type Worker,
} from '@eventmend/core';
import { semanticId, sortPosition, type WorkerInstance } from '@eventmend/core/engine';
import { CheckpointMaker } from '../files/checkpoint-maker.js';
import type { LiveStore } from '../store/live-store.js';
import { newProcessName } from '../store/process-name.js';
import type { StoredOutput, StoredPartition } from '../store/stored-rows.js';
import { applyPage, type AppliedPage } from './apply-page.js';
import { beginPatiently } from './begin-patiently.js';
import type { AppliedBatch, Checkpointer, UnsentOutput, UnsentRequest } from './checkpointer.js';
import { rhythmOf, type CheckpointerSettings } from './checkpointer-settings.js';
import { fenced, heldKey, takeOver, type HeldPartitions, type PartitionToTake } from './held-partitions.js';
import { pageOfBatch, risingRuns, type LiveBatch } from './live-batch.js';
import { LiveMetrics, type CheckpointerMetrics } from './live-metrics.js';
import { LiveStates } from './live-states.js';
import { requireSameLog } from './require-same-log.js';
import { requireUse, type StoreUse } from './store-use.js';

/** Commits what a worker made of its events into the store, one batch after the other, and makes checkpoints of it. */
export class LiveCheckpointer implements Checkpointer {
  readonly worker: Worker;
  readonly folder: string;
  readonly #settings: CheckpointerSettings;
  readonly #store: LiveStore;
  readonly #instance: WorkerInstance;
  readonly #states: LiveStates;
  readonly #maker: CheckpointMaker;
  readonly #metrics = new LiveMetrics();
  readonly #owner = newProcessName();
  readonly #held: HeldPartitions = new Map();
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  /** The last batch in the queue. */
  #queue: Promise<unknown> = Promise.resolve();
  #failure: RecoveryError | null = null;
  #closed = false;

  constructor(
    settings: CheckpointerSettings,
    folder: string,
    store: LiveStore,
    instance: WorkerInstance,
    workerHash: string | null,
  ) {
    this.#settings = settings;
    this.folder = folder;
    this.#store = store;
    this.#instance = instance;
    this.worker = instance.worker;
    this.#states = new LiveStates(store);
    this.#now = settings.now ?? Date.now;
    const rhythm = rhythmOf(settings);
    this.#maker = new CheckpointMaker({
      folder,
      store,
      owner: this.#owner,
      worker: this.worker,
      workerHash,
      rhythm,
      settings,
      now: this.#now,
      metrics: this.#metrics,
      transact: (work) => this.#transact(work),
    });
    this.#timer = setInterval(() => this.#checkpointIfDue(), rhythm.seconds * 1000);
    this.#timer.unref();
  }

  apply(batch: LiveBatch): Promise<AppliedBatch> {
    const id = this.#idOf(batch);
    return this.#whileOpen(() => this.#apply(id, pageOfBatch(id, batch.events), 'applied'));
  }

  observe(batch: LiveBatch): Promise<AppliedBatch> {
    const id = this.#idOf(batch);
    return this.#whileOpen(async () => {
      // In the order in which they were handled, which need not be that of their offsets.
      let answer = await this.#apply(id, null, 'observed');
      for (const events of risingRuns(batch.events)) {
        const { applied, repeated, duplicates, next } = await this.#apply(id, pageOfBatch(id, events), 'observed');
        answer = {
          applied: answer.applied + applied,
          repeated: answer.repeated + repeated,
          duplicates: answer.duplicates + duplicates,
          next,
        };
      }
      return answer;
    });
  }

  applyPage(id: PartitionId, page: EventPage): Promise<AppliedBatch> {
    return this.#whileOpen(() => this.#apply(id, page, 'applied'));
  }

  takeOver(partitions: readonly PartitionToTake[]): readonly StoredPartition[] {
    if (this.#store.database.inTransaction) {
      throw new RecoveryError('operation-not-allowed', 'partitions cannot be taken over while a batch is in hand', {
        hint: 'wait for what apply() returned before takeOver() is called',
      });
    }
    try {
      return takeOver(this.#store, this.#held, this.#owner, partitions);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  position(): Position {
    const partitions = this.#read(() => this.#store.partitions());
    return sortPosition(
      partitions.map(({ source, topic, incarnation, partition, next, order }) => ({
        source,
        topic,
        incarnation,
        partition,
        next,
        order,
      })),
    );
  }

  state(key: string): unknown {
    const text = this.#read(() => this.#store.row(key))?.text ?? null;
    return text === null ? undefined : (JSON.parse(text) as unknown);
  }

  unsent({ partition, limit = 1000 }: UnsentRequest = {}): readonly UnsentOutput[] {
    const outputs = this.#read(() => this.#store.unsent(limit, partition ?? null));
    return outputs.map((output) => unsentOf(this.worker.name, output));
  }

  async sent(outputs: Iterable<Pick<UnsentOutput, 'number'>>): Promise<void> {
    const numbers = Array.from(outputs, ({ number }) => number);
    if (numbers.length > 0) await this.#transact(() => this.#store.forgetSent(numbers));
  }

  async checkpoint(): Promise<{ readonly id: string; readonly file: string } | null> {
    if (this.#closed) throw closed();
    try {
      return await this.#maker.make();
    } catch (cause) {
      throw isRecoveryError(cause) ? cause : checkpointFailed(cause);
    }
  }

  metrics(): CheckpointerMetrics {
    return this.#metrics.read(this.#read(() => this.#store.countUnsent()));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#queue;
    await this.#maker.close();
    await this.#instance.close();
    this.#store.close();
  }

  #read<Result>(work: () => Result): Result {
    if (this.#closed) throw closed();
    try {
      return work();
    } catch (error) {
      throw this.#explained(error);
    }
  }

  #whileOpen<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#closed ? Promise.reject(closed()) : this.#inTurn(work);
  }

  /** When no batch is in hand: one whose handler is async has its transaction open on the same connection. */
  #transact<Result>(work: () => Result): Promise<Result> {
    return this.#inTurn(async () => {
      await beginPatiently(this.#store);
      const started = performance.now();
      try {
        const result = work();
        this.#store.commit();
        this.#metrics.blocked(started);
        return result;
      } catch (error) {
        this.#store.rollback();
        throw this.#explained(error);
      }
    });
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  #idOf({ source, topic, partition, incarnation = '' }: LiveBatch): PartitionId {
    return { source: source ?? this.#settings.source ?? '', topic, incarnation, partition };
  }

  async #apply(id: PartitionId, page: EventPage | null, use: StoreUse): Promise<AppliedBatch> {
    if (this.#failure !== null) throw this.#failure;
    if (!this.#held.has(heldKey(id))) this.takeOver([id]);
    const store = this.#store;
    await beginPatiently(store);
    let started = performance.now();
    let applied: AppliedPage;
    try {
      const position = this.#ownPosition(id);
      requireUse(store, use);
      if (page === null) {
        store.rollback();
        return { applied: 0, repeated: 0, duplicates: 0, next: position.next };
      }
      this.#states.begin();
      const observing = use === 'observed';
      const work = { page, id, position, instance: this.#instance, states: this.#states, store, observing };
      const running = applyPage(work);
      if (running instanceof Promise) {
        applied = await running;
        // What an async handler waited for kept nobody.
        started = performance.now();
      } else applied = running;
      if (applied.commit.events + applied.duplicates === 0) store.rollback();
      else {
        const { link, hashes } = store.write({ ...applied.commit, at: this.#now() });
        store.commit();
        this.#states.committed(applied.commit.rows, hashes);
        store.noteHead(link);
        this.#metrics.commits++;
      }
    } catch (error) {
      this.#states.dropped();
      store.rollback();
      throw this.#explained(error);
    }
    this.#metrics.blocked(started);
    const { repeated, duplicates, commit } = applied;
    this.#metrics.events += commit.events;
    this.#metrics.repeated += repeated;
    this.#metrics.duplicates += duplicates;
    this.#checkpointIfDue();
    return { applied: commit.events, repeated, duplicates, next: commit.position.next };
  }

  /** @throws RecoveryError `fenced-by-another-process`, `log-changed` */
  #ownPosition(id: PartitionId): StoredPartition {
    const epoch = this.#held.get(heldKey(id));
    const stored = this.#store.partition(id);
    if (stored === null || stored.epoch !== epoch || stored.owner !== this.#owner) {
      // It stays fenced until it takes the partition over again: what a process that was thrown out has still in hand must
      // not take it back.
      this.#metrics.fenced++;
      throw fenced(id);
    }
    requireSameLog(stored, id);
    return stored;
  }

  #explained(error: unknown): unknown {
    const explained = this.#store.explain(error);
    // SQLite may say that a write failed and show it after a restart: nothing more is built on what this process believes.
    if (
      explained instanceof RecoveryError &&
      ['disk-write-failed', 'corrupt-checkpoint-store'].includes(explained.code)
    )
      this.#failure = explained;
    return explained;
  }

  #checkpointIfDue(): void {
    if (this.#closed || !this.#maker.isDue()) return;
    this.#maker.make().catch((cause: unknown) => {
      if ((this.#settings.onFailure ?? 'stop') === 'go-on') return;
      this.#failure ??= checkpointFailed(cause);
    });
  }
}

function unsentOf(worker: string, output: StoredOutput): UnsentOutput {
  const { number, key, value, time, source, topic, incarnation, partition, offset } = output;
  return {
    number,
    id: semanticId(worker, output),
    output: output.output,
    key,
    value: JSON.parse(value) as unknown,
    time,
    event: { source, topic, incarnation, partition, offset },
  };
}

function checkpointFailed(cause: unknown): RecoveryError {
  return new RecoveryError('checkpoint-failed', `no checkpoint could be made: ${messageOf(cause)}`, {
    hint: "what was applied is committed; mend the cause and open it again, or set onFailure: 'go-on'",
    cause,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function closed(): RecoveryError {
  return new RecoveryError('operation-not-allowed', 'the checkpointer is closed', { hint: 'open it again' });
}
