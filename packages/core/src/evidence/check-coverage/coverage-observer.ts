import type { LaneObserver } from '../../engine/fold/lane-observer.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { BlockRecorder, CodeSpans } from '../../worker/blocks/block-recorder.js';
import { eventTypeOf } from '../../worker/event-type.js';
import type { Worker, WorkerEvent } from '../../worker/worker.js';
import { mostTypes, runtimeOfCode, type CheckCoverage, type CoveredCode } from './check-coverage.js';
import { CodeStretches } from './code-stretches.js';
import { TypeWitnesses } from './type-witnesses.js';

/** Names an event's type; with its topic where the worker reads several. */
export function eventTypeNamer(
  worker: Worker,
  partitions: readonly { readonly id: { readonly topic: string } }[],
): (event: WorkerEvent) => string {
  const several = new Set(partitions.map(({ id }) => id.topic)).size > 1;
  return (event) => {
    const type = eventTypeOf(worker, event);
    return several && type !== event.topic ? `${event.topic}/${type}` : type;
  };
}

/** Looks on while a worker is checked, and tells at any time what was covered so far. */
export class CoverageObserver implements LaneObserver {
  readonly #typeOf: (event: WorkerEvent) => string;
  readonly #code: CodeStretches | null;
  readonly #all = new Seen();
  readonly #byOutputs = new Seen();
  readonly #keysLookedAt = new Set<string>();
  readonly #byType = new Map<
    string,
    { events: number; readonly keys: Set<string>; readonly witnesses: TypeWitnesses }
  >();
  #seenUntil: number | null = null;
  /** Outputs are looked at from some event on: what ran before belongs to a stretch of its own. */
  #looking: 'not-yet' | 'begins' | 'on' = 'not-yet';

  constructor(typeOf: (event: WorkerEvent) => string, recorder: BlockRecorder | null) {
    this.#typeOf = typeOf;
    this.#code = recorder === null ? null : new CodeStretches(recorder);
  }

  applied(event: WorkerEvent, _: number, entries: readonly { readonly key: string }[]): void {
    const type = this.#typeOf(event);
    this.#all.add(type, entries);
    if (this.#all.types !== null) this.#countType(type, event.partition, entries);
    this.#code?.add(keysOf(entries));
    if (this.#looking === 'begins') {
      this.#code?.close();
      this.#looking = 'on';
    }
  }

  /** What the service recorded of an event was looked at: an output was compared, or there was none where all were kept. */
  lookedAt(event: WorkerEvent, entries: readonly { readonly key: string }[], isCompared: boolean): void {
    if (isCompared) this.#byOutputs.add(this.#typeOf(event), entries);
    for (const { key } of entries) this.#keysLookedAt.add(key);
    if (this.#looking === 'not-yet') this.#looking = 'begins';
  }

  #countType(type: string, partition: number, entries: readonly { readonly key: string }[]): void {
    const counted = this.#byType.get(type) ?? {
      ...{ events: 0, keys: new Set<string>(), witnesses: new TypeWitnesses() },
    };
    this.#byType.set(type, counted);
    counted.events++;
    for (const { key } of entries) counted.keys.add(key);
    counted.witnesses.add(partition, entries);
  }

  /** Nothing was applied; what code ran nevertheless belongs to its keys. */
  parked(_: PartitionId, __: number, keys: readonly string[] | null): void {
    this.#code?.add(keys);
  }

  passed(now: number): void {
    if (now > (this.#seenUntil ?? -Infinity)) this.#seenUntil = now;
  }

  /** The latest clock of an event so far, also of one that was skipped or parked: whoever has seen it is as late as that. */
  get seenUntil(): number | null {
    return this.#seenUntil;
  }

  /** To be called before a lane goes on, and before the states of a snapshot are compared. */
  endStretch(): void {
    this.#code?.close();
    this.#looking = 'not-yet';
  }

  /** What ran since the last stretch ended was no work of the replay. */
  forgetCode(): void {
    this.#code?.forget();
  }

  /**
   * What all events so far exercised.
   * @param isReached keys that cannot be compared, for a hole or a parked event: what was done to them is not shown to be right, and only
   *   events that named none of them count
   */
  covered(isReached: ((key: string) => boolean) | null = null): CheckCoverage {
    const all = this.#coverage(this.#all, isReached);
    if (isReached === null || all.types === null) return all;
    const types = all.types.filter((type) => this.#byType.get(type)?.witnesses.hasBeside(isReached));
    const counts = types.flatMap((type) => this.#byType.get(type) ?? []);
    return {
      ...all,
      events: counts.reduce((sum, { events }) => sum + events, 0),
      keys: new Set(counts.flatMap(({ keys }) => [...keys].filter((key) => !isReached(key)))).size,
      types,
    };
  }

  /** Those events whose outputs were compared; of the code, all that ran for keys of which the service recorded anything. */
  coveredByOutputs(): CheckCoverage {
    return this.#coverage(this.#byOutputs, (key) => !this.#keysLookedAt.has(key));
  }

  /** Events and keys of the types that none of these is. */
  typesBesides(types: readonly string[]): ReadonlyMap<string, TypeCount> {
    return new Map([...this.#byType].filter(([type]) => !types.includes(type)));
  }

  #coverage({ events, keys, types }: Seen, isReached: ((key: string) => boolean) | null): CheckCoverage {
    return {
      events,
      keys: keys.size,
      types: types === null ? null : [...types].sort(),
      code: this.#code === null ? null : coveredCode(this.#code.recorder, this.#code.ran(isReached)),
    };
  }
}

function coveredCode(recorder: BlockRecorder, spans: CodeSpans): CoveredCode {
  return {
    runtime: runtimeOfCode,
    spans,
    notRun: recorder.locate(recorder.without(spans)),
    ...recorder.count(spans),
  };
}

const keysOf = (entries: readonly { readonly key: string }[]): readonly string[] => entries.map(({ key }) => key);

/** Events of one type, and the keys that they name. */
export interface TypeCount {
  readonly events: number;
  readonly keys: ReadonlySet<string>;
}

class Seen {
  events = 0;
  readonly keys = new Set<string>();
  types: Set<string> | null = new Set();

  add(type: string, entries: readonly { readonly key: string }[]): void {
    this.events++;
    for (const { key } of entries) this.keys.add(key);
    this.types?.add(type);
    if (this.types !== null && this.types.size > mostTypes) this.types = null;
  }
}
