import type { EmittedOutput } from '@eventmend/core/engine';
import type { WalkedEvent } from './walk-log.js';

/** An event that the path has passed and that the service has not been seen to handle yet. */
export interface OpenEvent {
  readonly walked: WalkedEvent;
  /** What the right handling sends. */
  readonly intended: readonly EmittedOutput[];
  /** Number of the first handling before which it may have been handled: all of its partition before it came earlier. */
  readonly earliest: number;
  /** How many handlings were seen when the path passed it. */
  readonly passedAt: number;
  /** The ledger would name it if it had been handled. */
  readonly isNoted: boolean;
  /**
   * It was overtaken right where the records of its partition begin: the handling that shows so may have been a second one,
   * and this event may have been handled before it, and before the records.
   */
  isAtEdge: boolean;
  /** The states that it would have been handled from are not known for sure. */
  readonly doubtful: boolean;
  /** In its place it would have left outputs: those before it show from which states. */
  readonly wouldSpeak: boolean;
  /**
   * `missed`: something that the service sent later shows that it was not handled. `unclear`: nothing has yet shown whether
   * it was missed, or only its outputs.
   */
  finding: 'missed' | 'unclear';
  /** How often the two were tried to be told apart. */
  tries: number;
}

/** The open events by partition, key and business id. */
export class OpenEvents {
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
    this.decide(open);
  }

  /** Nothing that comes can change what is known of it: it is no longer asked for by its keys. */
  decide(open: OpenEvent): void {
    for (const key of open.walked.keys) {
      const left = (this.#byKey.get(key) ?? []).filter((other) => other !== open);
      if (left.length > 0) this.#byKey.set(key, left);
      else this.#byKey.delete(key);
    }
  }

  /** True where some undecided one shares a key. */
  anySharing(keys: readonly string[]): boolean {
    return this.#byKey.size > 0 && keys.some((key) => this.#byKey.has(key));
  }

  /** The undecided ones before a rank that share one of the keys, each once. */
  sharing(keys: readonly string[], rank: number): readonly OpenEvent[] {
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
