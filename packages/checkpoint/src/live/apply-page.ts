import type { EventPage, PartitionId } from '@eventmend/core';
import { canonicalIdentity, type HandlerEffects, type WorkerInstance } from '@eventmend/core/engine';
import type { LiveStore } from '../store/live-store.js';
import type { LiveCommit, RecentId, StoredOutput, StoredPartition } from '../store/stored-rows.js';
import type { LiveStates } from './live-states.js';
import { hashIdentity, type LastEvent } from './processing-proof.js';

/** What one page of events did. */
export interface AppliedPage {
  readonly commit: Omit<LiveCommit, 'at'>;
  /** Events below the position: they were applied before. */
  readonly repeated: number;
  /** Events whose business id was among the recent ones. */
  readonly duplicates: number;
}

export interface PageToApply {
  readonly page: EventPage;
  readonly id: PartitionId;
  readonly position: StoredPartition;
  readonly instance: WorkerInstance;
  readonly states: LiveStates;
  readonly store: Pick<LiveStore, 'placeOf' | 'link'>;
  /** The events were handled elsewhere: only that is noted, also of those that were handled before. */
  readonly observing: boolean;
}

/**
 * Folds the events of a page at and behind the position, one after the other. Nothing is written: what came of it is given
 * back, and counts when it is committed. Synchronous unless a handler is.
 * @throws RecoveryError what the worker's fault is called; the whole page then does not count
 */
export function applyPage(work: PageToApply): AppliedPage | Promise<AppliedPage> {
  const progress = new PageProgress(work);
  const pending = progress.run();
  return pending === null ? progress.result() : pending.then(() => progress.result());
}

class PageProgress {
  readonly #work: PageToApply;
  #index = 0;
  #next: number;
  #watermark: number;
  #events = 0;
  #repeated = 0;
  #duplicates = 0;
  readonly #outputs: Omit<StoredOutput, 'number'>[] = [];
  /** By business id the place of the last event of this page that had it. */
  readonly #places = new Map<string, number>();
  readonly #window: number;
  /** Events that were applied before this page. */
  readonly #before: number;

  constructor(work: PageToApply) {
    this.#work = work;
    this.#next = work.position.next;
    this.#watermark = work.position.order.watermark;
    this.#window = work.instance.worker.deduplicate?.window ?? 0;
    this.#before = this.#window === 0 ? 0 : work.store.link().events;
  }

  /** Null when all is done; else a promise, at the first handler that is async. */
  run(): Promise<void> | null {
    const { page } = this.#work;
    while (this.#index < page.count) {
      const pending = this.#one(this.#index++);
      if (pending !== null) return pending.then(() => this.run() ?? undefined);
    }
    return null;
  }

  result(): AppliedPage {
    const { position, states } = this.#work;
    const recentIds: RecentId[] = [...this.#places].map(([id, place]) => ({ id, place }));
    return {
      commit: {
        events: this.#events,
        position: { ...position, next: this.#next, order: { watermark: this.#watermark, clock: this.#watermark } },
        addedKeys: states.addedKeys(),
        rows: states.changedRows(),
        outputs: this.#outputs,
        recentIds,
        window: this.#window,
      },
      repeated: this.#repeated,
      duplicates: this.#duplicates,
    };
  }

  #one(index: number): Promise<void> | null {
    const { page, id, instance, states, observing } = this.#work;
    const offset = page.offsets[index] as number;
    if (offset < this.#next) {
      this.#repeated++;
      if (!observing) return null;
    }
    this.#next = Math.max(this.#next, offset + 1);
    const time = page.timestamps[index] as number;
    // As in a replay by time: late events, and those without a time (Kafka writes -1), take the partition's watermark.
    if (time > this.#watermark && time >= 0) this.#watermark = time;
    const event = instance.event(page, index, id);
    if (observing) {
      this.#note(offset, instance.keys(event));
      return null;
    }
    const businessId = instance.deduplicationId(event);
    if (businessId !== null) {
      if (this.#isRecent(businessId)) {
        this.#duplicates++;
        return null;
      }
      this.#places.set(businessId, this.#before + this.#events);
    }
    const keys = instance.keys(event);
    const returned = instance.invoke(event, keys, this.#watermark, states);
    if (returned instanceof Promise) return returned.then((effects) => this.#take(offset, keys, effects));
    this.#take(offset, keys, returned);
    return null;
  }

  /** As in a replay: among the last events that were applied, with an id or without. */
  #isRecent(businessId: string): boolean {
    const place = this.#places.get(businessId) ?? this.#work.store.placeOf(businessId);
    return place !== undefined && place >= this.#before + this.#events - this.#window;
  }

  #take(offset: number, keys: readonly string[], effects: HandlerEffects): void {
    const { id, states } = this.#work;
    for (const { key, state } of effects.writes) states.write(key, state);
    this.#note(offset, keys);
    const ordinals = new Map<string, number>();
    for (const { output, key, businessId, value } of effects.outputs) {
      const name = JSON.stringify([output, key]);
      const ordinal = ordinals.get(name) ?? 0;
      ordinals.set(name, ordinal + 1);
      const time = Number.isFinite(this.#watermark) ? this.#watermark : null;
      this.#outputs.push({ ...id, offset, ordinal, output, key, businessId, value: JSON.stringify(value), time });
    }
  }

  #note(offset: number, keys: readonly string[]): void {
    const { id, states } = this.#work;
    const identityHash = hashIdentity(canonicalIdentity({ kind: 'log', ...id, offset }));
    const last: LastEvent = [id.topic, id.partition, String(offset)];
    for (const key of keys) states.note(key, identityHash, last);
    this.#events++;
  }
}
