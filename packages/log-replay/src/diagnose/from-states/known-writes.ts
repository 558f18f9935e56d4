import type { HandlerEffects } from '@eventmend/core/engine';
import type { GatheredEvent } from './gather-events.js';

/** What a worker wrote, to be kept: the entries of a call itself are used again for the next one. */
export type KeptWrites = HandlerEffects['writes'];

/** Texts of states kept at once, in characters: beyond, all that is known is forgotten. */
const mostKept = 32_000_000;

/**
 * Remembers what a worker did with an event, by the states that the event met. Handlings that are tried one after the
 * other differ in one place and meet the same states in most others, and a worker answers the same to the same; asking a
 * process once more costs a round trip.
 */
export class KnownWrites {
  #byEvent = new WeakMap<GatheredEvent, Map<string, KeptWrites | null>>();
  #kept = 0;

  /**
   * What it wrote; null where the worker failed, undefined where it was not asked yet.
   * @param met the states that the event meets, by {@link textOfStates}
   */
  find(event: GatheredEvent, met: string): KeptWrites | null | undefined {
    return this.#byEvent.get(event)?.get(met);
  }

  keep(event: GatheredEvent, met: string, writes: KeptWrites | null): void {
    this.#kept += met.length;
    if (this.#kept > mostKept) {
      this.#byEvent = new WeakMap();
      this.#kept = met.length;
    }
    const known = this.#byEvent.get(event);
    if (known === undefined) this.#byEvent.set(event, new Map([[met, writes]]));
    else known.set(met, writes);
  }
}

export function keptWrites({ writes }: HandlerEffects): KeptWrites {
  return writes.map(({ key, state }) => ({ key, state }));
}

/** States of the keys of an event as one text; a key without a state is told from one whose state is null. */
export function textOfStates({ keys }: GatheredEvent, read: (key: string) => unknown): string {
  return JSON.stringify(keys.map((key) => (read(key) === undefined ? [] : [read(key)])));
}
