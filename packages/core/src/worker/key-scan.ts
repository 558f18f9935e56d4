import { isRecoveryError, type RecoveryError } from '../model/errors/recovery-error.js';
import type { EventPage } from '../model/log/event-page.js';
import type { PartitionId } from '../model/log/partition-id.js';
import type { OpenWorker } from './describe-worker.js';
import type { SentEvent } from './process/batch-worker.js';
import type { WorkerEvent } from './worker.js';

/** An event of a scan: what the scanner noted with it, and its keys, or why it has none. */
export type ScannedEvent<Note> =
  | { readonly note: Note; readonly event: WorkerEvent; readonly keys: readonly string[] }
  | { readonly note: Note; readonly error: RecoveryError };

const keysInOneBatch = 512;

/**
 * Asks a worker for the keys of events, however it is called, without applying any. The events come back in the order in
 * which they were given: at once, or, from a process, many together.
 */
export class KeyScan<Note> {
  readonly #worker: OpenWorker;
  readonly #take: (scanned: ScannedEvent<Note>) => void;
  #waiting: { readonly note: Note; readonly sent: SentEvent | RecoveryError }[] = [];

  constructor(worker: OpenWorker, take: (scanned: ScannedEvent<Note>) => void) {
    this.#worker = worker;
    this.#take = take;
  }

  /** To be awaited where it gives a promise. `now` is the event's effective time. */
  ask(note: Note, page: EventPage, index: number, partition: PartitionId, now: number): Promise<void> | undefined {
    const worker = this.#worker;
    if (worker.mode === 'events') {
      this.#take(
        orError(note, () => {
          const event = worker.event(page, index, partition);
          return { note, event, keys: worker.keys(event) };
        }),
      );
      return;
    }
    const sent = orError(note, () => worker.sent(page, index, partition, now));
    this.#waiting.push({ note, sent: 'error' in sent ? sent.error : sent });
    return this.#waiting.length < keysInOneBatch ? undefined : this.flush();
  }

  /** Asks for those that wait still. */
  async flush(): Promise<void> {
    const worker = this.#worker;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (worker.mode === 'events' || waiting.length === 0) return;
    const batch = worker.send(waiting.flatMap(({ sent }) => (isRecoveryError(sent) ? [] : [sent])));
    const named = await worker.keys(batch);
    // The process lets go of a batch when its states come: all of it is skipped.
    await worker.apply(batch, new Set(batch.events.keys()), { read: () => undefined });
    let answered = 0;
    for (const { note, sent } of waiting) {
      if (isRecoveryError(sent)) {
        this.#take({ note, error: sent });
        continue;
      }
      const one = named[answered++];
      if (one?.kind === 'keys') this.#take({ note, event: sent.event, keys: one.keys });
      else if (one !== undefined) this.#take({ note, error: one.error });
    }
  }
}

function orError<Note, Result>(
  note: Note,
  run: () => Result,
): Result | { readonly note: Note; readonly error: RecoveryError } {
  try {
    return run();
  } catch (error) {
    if (isRecoveryError(error)) return { note, error };
    throw error;
  }
}
