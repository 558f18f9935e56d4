import type { WorkerEvent } from '@eventmend/core';
import type { HandledEvent, ReplayListener } from '../interleaving/interleaved-replay.js';

/** One event of keys that are looked into, as the right replay handled it. */
export interface GatheredEvent {
  /** Number of the event in the replay. */
  readonly seq: number;
  readonly place: number;
  readonly now: number;
  readonly event: WorkerEvent;
  readonly keys: readonly string[];
  /** States of its keys right before and right after it, as they are stored; keys without one are absent. */
  readonly before: ReadonlyMap<string, unknown>;
  readonly after: ReadonlyMap<string, unknown>;
}

export interface GatheredEvents {
  /** In the order of the replay. */
  readonly events: readonly GatheredEvent[];
  /** Keys with more events than may be kept. */
  readonly tooMany: ReadonlySet<string>;
}

/** Collects the events of some keys while a replay passes; a key with too many is given up. */
export class EventGatherer implements ReplayListener {
  readonly #states: ReadonlyMap<string, unknown>;
  readonly #perKey: number;
  readonly #total: number;
  readonly #counts = new Map<string, number>();
  readonly #tooMany = new Set<string>();
  #wanted: ReadonlySet<string> = new Set();
  #events: GatheredEvent[] = [];

  /** @param states of the replay, which still are those from before an event when it is handled */
  constructor(states: ReadonlyMap<string, unknown>, perKey: number, total: number) {
    this.#states = states;
    this.#perKey = perKey;
    this.#total = total;
  }

  /** Whose events are wanted from here on. */
  want(keys: ReadonlySet<string>): void {
    this.#wanted = keys;
  }

  handled({ seq, place, now, event, keys, writes }: HandledEvent): void {
    const wanted = keys.filter((key) => this.#wanted.has(key) && !this.#tooMany.has(key));
    if (wanted.length === 0) return;
    for (const key of wanted) {
      const count = (this.#counts.get(key) ?? 0) + 1;
      this.#counts.set(key, count);
      if (count > this.#perKey || this.#events.length >= this.#total) this.#giveUp(key);
    }
    if (wanted.every((key) => this.#tooMany.has(key))) return;
    const before = new Map<string, unknown>();
    for (const key of keys) if (this.#states.has(key)) before.set(key, this.#states.get(key));
    const after = new Map(before);
    for (const { key, state } of writes) {
      if (state === undefined) after.delete(key);
      else after.set(key, state);
    }
    this.#events.push({ seq, place, now, event, keys: [...keys], before, after });
  }

  /** What was gathered since the last call. */
  take(): GatheredEvents {
    const events = this.#events;
    this.#events = [];
    return { events, tooMany: this.#tooMany };
  }

  #giveUp(key: string): void {
    this.#tooMany.add(key);
    this.#events = this.#events.filter(({ keys }) => !keys.every((one) => this.#tooMany.has(one)));
  }
}
