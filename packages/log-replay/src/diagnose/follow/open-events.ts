import { HiddenWays } from './hidden-ways.js';
import type { OpenEvent } from './open-event.js';
import type { WalkedEvent } from './walk-log.js';

/** The open events by partition, key and business id. */
export class OpenEvents {
  /** How some of them may have been handled where nothing shows it. */
  readonly ways = new HiddenWays();
  readonly #byPlace: Map<number, OpenEvent>[];
  readonly #notOvertaken: Set<OpenEvent>[];
  readonly #byKey = new Map<string, OpenEvent[]>();
  readonly #byId = new Map<string, OpenEvent>();
  readonly #idOf: (walked: WalkedEvent) => string | null;
  readonly #byCopy = new Map<string, OpenEvent>();
  readonly #copyIdOf: (walked: WalkedEvent) => string | null;

  /**
   * @param idOf the id by which records name events
   * @param copyIdOf the id under which an event may be delivered again
   */
  constructor(
    places: number,
    idOf: (walked: WalkedEvent) => string | null,
    copyIdOf: (walked: WalkedEvent) => string | null,
  ) {
    this.#byPlace = Array.from({ length: places }, () => new Map<number, OpenEvent>());
    this.#notOvertaken = Array.from({ length: places }, () => new Set<OpenEvent>());
    this.#idOf = idOf;
    this.#copyIdOf = copyIdOf;
  }

  add(open: OpenEvent): void {
    const { walked } = open;
    this.#byPlace[walked.place]?.set(walked.offset, open);
    this.#notOvertaken[walked.place]?.add(open);
    for (const key of walked.keys) {
      const list = this.#byKey.get(key);
      if (list === undefined) this.#byKey.set(key, [open]);
      else list.push(open);
    }
    const id = this.#idOf(walked);
    if (id !== null) this.#byId.set(id, open);
    const copyId = this.#copyIdOf(walked);
    if (copyId !== null) this.#byCopy.set(copyId, open);
  }

  /** A handling: undecided ones that share its keys may have come before it, also those that the path has behind it. */
  noteHandling({ keys }: WalkedEvent): void {
    for (const one of this.sharing(keys)) one.untried++;
    this.ways.noteHandling(keys);
  }

  find(place: number, offset: number): OpenEvent | undefined {
    return this.#byPlace[place]?.get(offset);
  }

  findById(id: string): OpenEvent | undefined {
    return this.#byId.get(id);
  }

  /** The one that was delivered before under the business id of another. */
  findByCopy(copy: WalkedEvent): OpenEvent | undefined {
    const id = this.#copyIdOf(copy);
    return id === null ? undefined : this.#byCopy.get(id);
  }

  remove(open: OpenEvent): void {
    const { walked } = open;
    this.#byPlace[walked.place]?.delete(walked.offset);
    this.#notOvertaken[walked.place]?.delete(open);
    const id = this.#idOf(walked);
    if (id !== null) this.#byId.delete(id);
    const copyId = this.#copyIdOf(walked);
    if (copyId !== null) this.#byCopy.delete(copyId);
    this.#decide(open, true);
  }

  /** Nothing that comes can change what is known of it: it is no longer asked for by its keys. */
  decide(open: OpenEvent): void {
    this.#decide(open, open.finding === 'missed');
  }

  #decide(open: OpenEvent, isKnown: boolean): void {
    this.ways.decide(open, isKnown);
    for (const key of open.walked.keys) {
      const left = (this.#byKey.get(key) ?? []).filter((other) => other !== open);
      if (left.length > 0) this.#byKey.set(key, left);
      else this.#byKey.delete(key);
    }
  }

  /** True where some undecided one shares a key, or may have changed one in a hidden way. */
  anySharing(keys: readonly string[]): boolean {
    if (this.#byKey.size > 0 && keys.some((key) => this.#byKey.has(key))) return true;
    return this.ways.touching(keys).length > 0;
  }

  /** The undecided ones that share one of the keys, each once; if asked for, only those before a rank. */
  sharing(keys: readonly string[], rank = Number.POSITIVE_INFINITY): readonly OpenEvent[] {
    if (this.#byKey.size === 0) return [];
    const found = new Set<OpenEvent>();
    for (const key of keys) for (const open of this.#byKey.get(key) ?? []) if (open.walked.rank < rank) found.add(open);
    return [...found];
  }

  /** Those of a partition that an event handled now has overtaken, each once. */
  takeOvertaken(place: number, offset: number): readonly OpenEvent[] {
    const waiting = this.#notOvertaken[place];
    if (waiting === undefined || waiting.size === 0) return [];
    const overtaken: OpenEvent[] = [];
    // They were added in the order of their offsets.
    for (const open of waiting) {
      if (open.walked.offset >= offset) break;
      overtaken.push(open);
      waiting.delete(open);
    }
    return overtaken;
  }

  *all(): Iterable<OpenEvent> {
    for (const place of this.#byPlace) yield* place.values();
  }
}
