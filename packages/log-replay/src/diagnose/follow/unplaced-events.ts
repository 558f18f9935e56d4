import type { WalkedEvent } from './walk-log.js';

/**
 * Events that left no record at all: nobody knows when the service came to them, or whether it did. What follows in the
 * states of their keys may come of one of them. Memory follows the keys.
 */
export class UnplacedEvents {
  /** By key: the event, or null where there are several. */
  readonly #byKey = new Map<string, WalkedEvent | null>();
  /** The only one, or null where there are several. */
  #only: WalkedEvent | null | undefined;
  #isConnected = false;

  get any(): boolean {
    return this.#only !== undefined;
  }

  add(walked: WalkedEvent): void {
    if (this.#only === undefined) this.#only = walked;
    else if (this.#only !== walked) this.#only = null;
    for (const key of walked.keys) {
      const known = this.#byKey.get(key);
      if (known === undefined) this.#byKey.set(key, walked);
      else if (known !== walked) this.#byKey.set(key, null);
    }
  }

  /** Events may carry a state from one key to another: from here on each reaches all keys. */
  connect(): void {
    this.#isConnected = true;
  }

  /** True where some other event of them may have changed the states that an event was handled from. */
  reach(walked: WalkedEvent): boolean {
    if (this.#only === undefined) return false;
    if (this.#isConnected) return this.#only !== walked;
    return walked.keys.some((key) => {
      const known = this.#byKey.get(key);
      return known !== undefined && known !== walked;
    });
  }
}
