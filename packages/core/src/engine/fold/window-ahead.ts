import type { DeduplicationWindow } from './deduplication-window.js';

/**
 * A window as it will be if all events of a batch succeed. Where one does not, the batch ends there, and what is left of
 * it is judged again.
 */
export class WindowAhead {
  readonly #window: DeduplicationWindow;
  readonly #places = new Map<string, number>();
  #entered: number;

  constructor(window: DeduplicationWindow) {
    this.#window = window;
    this.#entered = window.entered;
  }

  isDuplicate(id: string): boolean {
    const place = this.#places.get(id) ?? this.#window.placeOf(id);
    return place !== undefined && place >= this.#entered - this.#window.size;
  }

  enter(id: string | null): void {
    if (id !== null) this.#places.set(id, this.#entered);
    this.#entered++;
  }
}
