import type { LaneObserver } from '../../engine/fold/lane-observer.js';
import type { EmittedOutput } from '../../worker/worker-instance.js';
import type { BlockRecorder, CodeSpans } from '../../worker/blocks/block-recorder.js';
import { eventTypeOf } from '../../worker/event-type.js';
import type { Worker, WorkerEvent } from '../../worker/worker.js';
import { mostTypes, runtimeOfCode, uniteCode, type CheckCoverage, type CoveredCode } from './check-coverage.js';

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
  readonly #recorder: BlockRecorder | null;
  readonly #all = new Seen();
  readonly #withOutputs = new Seen();
  readonly #byType = new Map<string, { events: number; readonly keys: Set<string> }>();
  #code: CodeSpans = {};

  constructor(typeOf: (event: WorkerEvent) => string, recorder: BlockRecorder | null) {
    this.#typeOf = typeOf;
    this.#recorder = recorder;
    // What ran while the module was loaded was run by no event.
    recorder?.take();
  }

  applied(
    event: WorkerEvent,
    _: number,
    entries: readonly { readonly key: string }[],
    outputs: readonly EmittedOutput[],
  ): void {
    const type = this.#typeOf(event);
    this.#all.add(type, entries);
    if (this.#all.types !== null) this.#countType(type, entries);
    if (outputs.length > 0) this.#withOutputs.add(type, entries);
  }

  #countType(type: string, entries: readonly { readonly key: string }[]): void {
    const counted = this.#byType.get(type) ?? { events: 0, keys: new Set<string>() };
    this.#byType.set(type, counted);
    counted.events++;
    for (const { key } of entries) counted.keys.add(key);
  }

  parked(): void {
    // Nothing was applied.
  }

  /** All events so far. */
  covered(): CheckCoverage {
    return this.#coverage(this.#all);
  }

  /** Those that gave an output. */
  coveredByOutputs(): CheckCoverage {
    return this.#coverage(this.#withOutputs);
  }

  /** Events and keys of the types that none of these is. */
  typesBesides(types: readonly string[]): ReadonlyMap<string, TypeCount> {
    return new Map([...this.#byType].filter(([type]) => !types.includes(type)));
  }

  #coverage({ events, keys, types }: Seen): CheckCoverage {
    const recorder = this.#recorder;
    if (recorder !== null) this.#takeCode(recorder);
    return {
      events,
      keys: keys.size,
      types: types === null ? null : [...types].sort(),
      code: recorder === null ? null : this.#coveredCode(recorder),
    };
  }

  #coveredCode(recorder: BlockRecorder): CoveredCode {
    const spans = this.#code;
    return {
      runtime: runtimeOfCode,
      spans,
      notRun: recorder.locate(recorder.without(spans)),
      ...recorder.count(spans),
    };
  }

  #takeCode(recorder: BlockRecorder): void {
    this.#code = uniteCode(this.#code, recorder.take());
  }
}

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
