import { createRecentIds, type RecentIds } from '@eventmend/core/engine';
import type { LiveStore } from '../store/live-store.js';

/** The business ids of the last events, as the store has them, for a worker that leaves out repeats. */
export class LiveRecentIds {
  readonly #store: LiveStore;
  readonly #window: number;
  #ids: RecentIds | null = null;
  #version = -1;
  #added: (string | null)[] = [];

  constructor(store: LiveStore, window: number) {
    this.#store = store;
    this.#window = window;
  }

  /** To be called inside of the transaction of a batch. */
  begin(): void {
    const version = this.#store.version;
    if (this.#ids !== null && version === this.#version) return;
    this.#ids = createRecentIds(this.#window);
    for (const id of this.#store.recentIds()) this.#ids.add(id);
    this.#version = version;
  }

  has(id: string): boolean {
    return this.#ids?.has(id) === true;
  }

  /** An event that counts; null for one without an id, which takes a place in the window too. */
  add(id: string | null): void {
    this.#ids?.add(id);
    this.#added.push(id);
  }

  /** Those of the batch. */
  get added(): readonly (string | null)[] {
    return this.#added;
  }

  committed(): void {
    this.#added = [];
  }

  /** The batch never was: what it pushed out of the window is read again. */
  dropped(): void {
    this.#added = [];
    this.#ids = null;
  }
}
