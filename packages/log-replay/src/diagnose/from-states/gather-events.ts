import type { HandledEvent, ReplayListener } from '../interleaving/interleaved-replay.js';

/** One event of keys that are looked into, as the right replay handled it. */
export interface GatheredEvent extends Omit<HandledEvent, 'writes'> {
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

/** So many events of a key from before its stretch are kept: the last ones, which may have been handled again in it. */
const eventsBefore = 40;

/** Collects the events of some keys while a replay passes; a key with too many is given up. */
export class EventGatherer implements ReplayListener {
  readonly #states: ReadonlyMap<string, unknown>;
  readonly #perKey: number;
  readonly #total: number;
  readonly #counts = new Map<string, number>();
  readonly #tooMany = new Set<string>();
  readonly #history = new Map<string, GatheredEvent[]>();
  #wanted: ReadonlySet<string> = new Set();
  #later: ReadonlySet<string> = new Set();
  #events: GatheredEvent[] = [];

  /** @param states of the replay, which still are those from before an event when it is handled */
  constructor(states: ReadonlyMap<string, unknown>, perKey: number, total: number) {
    this.#states = states;
    this.#perKey = perKey;
    this.#total = total;
  }

  /** Whose events are wanted from here on; and whose last ones only, since their stretch comes later. */
  want(keys: ReadonlySet<string>, later: ReadonlySet<string>): void {
    this.#wanted = keys;
    this.#later = later;
  }

  handled(event: HandledEvent): void {
    const wanted = event.keys.filter((key) => this.#wanted.has(key) && !this.#tooMany.has(key));
    const later = event.keys.filter((key) => this.#later.has(key));
    if (wanted.length === 0 && later.length === 0) return;
    const gathered = this.#gather(event);
    for (const key of later) this.#keepLast(key, gathered);
    for (const key of wanted) {
      const count = (this.#counts.get(key) ?? 0) + 1;
      this.#counts.set(key, count);
      if (count > this.#perKey || this.#events.length >= this.#total) this.#giveUp(key);
    }
    if (wanted.some((key) => !this.#tooMany.has(key))) this.#events.push(gathered);
  }

  /** What was gathered since the last call. */
  take(): GatheredEvents {
    const events = this.#events;
    this.#events = [];
    return { events, tooMany: this.#tooMany };
  }

  /** The last events of keys whose stretch begins now, in the order of the replay. */
  takeHistory(keys: Iterable<string>): readonly GatheredEvent[] {
    const events = new Map<number, GatheredEvent>();
    for (const key of keys) {
      for (const event of this.#history.get(key)?.slice(-eventsBefore) ?? []) events.set(event.seq, event);
      this.#history.delete(key);
    }
    return [...events.values()].sort((a, b) => a.seq - b.seq);
  }

  #gather({ seq, place, now, event, keys, writes }: HandledEvent): GatheredEvent {
    const before = new Map<string, unknown>();
    for (const key of keys) if (this.#states.has(key)) before.set(key, this.#states.get(key));
    const after = new Map(before);
    for (const { key, state } of writes) {
      if (state === undefined) after.delete(key);
      else after.set(key, state);
    }
    return { seq, place, now, event, keys: [...keys], before, after };
  }

  #keepLast(key: string, event: GatheredEvent): void {
    const list = this.#history.get(key);
    if (list === undefined) this.#history.set(key, [event]);
    else {
      list.push(event);
      if (list.length > 2 * eventsBefore) list.splice(0, eventsBefore);
    }
  }

  #giveUp(key: string): void {
    this.#tooMany.add(key);
    this.#events = this.#events.filter(({ keys }) => !keys.every((one) => this.#tooMany.has(one)));
  }
}
