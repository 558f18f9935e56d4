import type { EventPage } from '../../model/log/event-page.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { BlockRecorder, CodeSpans } from '../../worker/blocks/block-recorder.js';
import type { HandlerEffects, StateView, WorkerInstance } from '../../worker/worker-instance.js';
import type { WorkerEvent } from '../../worker/worker.js';
import { runtimeOfCode, subtractCode, uniteCode, type CheckCoverage } from './check-coverage.js';
import type { UncoveredPart } from '../../model/strategy/verification.js';
import { ReviewedParts } from './reviewed-parts.js';
import type { UncoveredFinding } from './uncovered-finding.js';

/** Nothing, a part that the user reviewed, a part that nobody did. */
type Level = 0 | 1 | 2;

/** Where an event stands in the log, so that it can be made again. */
export interface EventSite {
  readonly page: EventPage;
  readonly index: number;
  readonly now: number;
}

interface Applied {
  readonly event: WorkerEvent;
  readonly keys: readonly string[];
  readonly reads: readonly string[];
  readonly partition: PartitionId;
  readonly site: EventSite;
  /** What the handler was given, to call it again with. */
  readonly given: ReadonlyMap<string, unknown>;
}

export interface TrackerOptions {
  readonly covered: CheckCoverage;
  readonly reviewed: readonly string[];
  readonly typeOf: (event: WorkerEvent) => string;
  /** Null where code is not recorded. */
  readonly recorder: BlockRecorder | null;
}

/** Events between two looks at which blocks ran. */
const chunkEvents = 256;
/** Looks that finding the events of new blocks may take in all; behind them, every event of a chunk counts. */
const mostLooks = 1000;

/**
 * Follows a replay and finds the keys whose states depend on event types, or on blocks of code, that no check of the worker
 * covered. Which event ran a block is found by calling the handler again with the events of a chunk, by halves: it is a
 * function of its inputs, and its inputs are never changed.
 */
export class UncoveredTracker {
  readonly #options: TrackerOptions;
  readonly #types: ReadonlySet<string> | null;
  readonly #code: CodeSpans | null;
  readonly #recorder: BlockRecorder | null;
  readonly #reviewed: ReviewedParts;
  readonly #marks = new Map<string, Level>();
  readonly #parts = new Map<string, { kind: 'type' | 'code'; events: number; keys: Set<string>; reviewed: boolean }>();
  #instance: WorkerInstance | null = null;
  #given = new Map<string, unknown>();
  #chunk: Applied[] = [];
  #looks = 0;
  /** Calls of this chunk that failed: they applied nothing, whatever they ran. */
  #failed: (() => unknown)[] = [];

  constructor(options: TrackerOptions) {
    const { covered, recorder } = options;
    this.#options = options;
    this.#types = covered.types === null ? null : new Set(covered.types);
    const isComparable = recorder !== null && covered.code?.runtime === runtimeOfCode;
    this.#code = isComparable ? covered.code.spans : null;
    this.#recorder = isComparable ? recorder : null;
    this.#reviewed = new ReviewedParts(options.reviewed);
  }

  /** The same worker, watched, where its code is recorded. */
  watch<Instance extends { readonly mode: string }>(instance: Instance): Instance {
    if (this.#recorder === null || instance.mode !== 'events') return instance;
    const inner = instance as unknown as WorkerInstance;
    this.#instance = inner;
    const invoke: WorkerInstance['invoke'] = (event, keys, now, states) => {
      this.#given = new Map();
      const given = this.#given;
      const noteFailed = (thrown: unknown): never => {
        this.#failed.push(() => inner.invoke(event, keys, now, { read: (key) => given.get(key) }));
        throw thrown;
      };
      try {
        const effects = inner.invoke(event, keys, now, remember(states, given));
        return effects instanceof Promise ? effects.catch(noteFailed) : effects;
      } catch (thrown) {
        return noteFailed(thrown);
      }
    };
    return new Proxy(inner, {
      get: (target, name) => {
        if (name === 'invoke') return invoke;
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
      set: (target, name, value) => Reflect.set(target, name, value, target),
    }) as unknown as Instance;
  }

  /** Forgets what ran so far: it belongs to no event. */
  begin(): void {
    this.#recorder?.take();
  }

  applied(
    event: WorkerEvent,
    keys: readonly string[],
    { reads }: HandlerEffects,
    partition: PartitionId,
    site: EventSite,
  ): Promise<void> | undefined {
    const given = this.#given;
    this.#chunk.push({ event, keys, reads: [...reads], partition, site, given });
    return this.#chunk.length < chunkEvents ? undefined : this.#closeChunk();
  }

  async finish(fields: readonly { readonly key: string; readonly path: string }[]): Promise<UncoveredFinding> {
    await this.#closeChunk();
    const dropped = new Map<string, number>();
    for (const { key, path } of fields) {
      dropped.set(path, (dropped.get(path) ?? 0) + 1);
      this.#mark(key, this.#reviewed.hasName(path) ? 1 : 2);
    }
    const parts: UncoveredPart[] = [...this.#parts].map(([name, { kind, events, keys, reviewed }]) => ({
      kind,
      name,
      events,
      keys: keys.size,
      reviewed,
    }));
    for (const [name, keys] of dropped) {
      parts.push({ kind: 'field', name, events: 0, keys, reviewed: this.#reviewed.hasName(name) });
    }
    const keysAt = (level: Level): readonly string[] =>
      [...this.#marks].flatMap(([key, mark]) => (mark === level ? [key] : [])).sort();
    return { parts, unproven: keysAt(2), declared: keysAt(1) };
  }

  async #closeChunk(): Promise<void> {
    const chunk = this.#chunk;
    this.#chunk = [];
    if (chunk.length === 0) return;
    const blocks = await this.#blocksOf(chunk);
    for (const applied of chunk) {
      const locations = blocks.get(applied) ?? [];
      let level = this.#levelOfType(applied);
      // Who reviewed an event type has reviewed what its events run.
      const isReviewedType = level === 1;
      for (const location of locations) {
        const reviewed = isReviewedType || this.#reviewed.hasLines(location);
        this.#count('code', location, applied, reviewed);
        level = Math.max(level, reviewed ? 1 : 2) as Level;
      }
      for (const key of applied.reads) level = Math.max(level, this.#marks.get(key) ?? 0) as Level;
      // Those that it did not write too: what no check covered may have forgotten to.
      for (const key of applied.keys) this.#mark(key, level);
    }
  }

  #levelOfType(applied: Applied): Level {
    const type = this.#typeIfUncovered(applied);
    if (type === null) return 0;
    const reviewed = this.#reviewed.hasName(type);
    this.#count('type', type, applied, reviewed);
    return reviewed ? 1 : 2;
  }

  #typeIfUncovered({ event }: Applied): string | null {
    if (this.#types === null) return null;
    const type = this.#options.typeOf(event);
    return this.#types.has(type) ? null : type;
  }

  #count(kind: 'type' | 'code', name: string, { keys }: Applied, reviewed: boolean): void {
    const part = this.#parts.get(name) ?? { kind, events: 0, keys: new Set<string>(), reviewed };
    this.#parts.set(name, part);
    part.events++;
    part.reviewed &&= reviewed;
    for (const key of keys) part.keys.add(key);
  }

  /** A key stays what it depends on once, as its provenance does. */
  #mark(key: string, level: Level): void {
    if (level > (this.#marks.get(key) ?? 0)) this.#marks.set(key, level);
  }

  /** New blocks by event, as locations. */
  async #blocksOf(chunk: readonly Applied[]): Promise<ReadonlyMap<Applied, readonly string[]>> {
    const byEvent = new Map<Applied, readonly string[]>();
    const failed = this.#failed;
    this.#failed = [];
    const ran = this.#takeNew();
    if (ran === null) return byEvent;
    const fresh = failed.length === 0 ? ran : await this.#withoutFailed(ran, failed, chunk);
    if (fresh === null) return byEvent;
    // What an event of an uncovered type runs adds nothing to its mark, and only its place is told.
    const [ofUncovered, others] = partition(chunk, (applied) => this.#typeIfUncovered(applied) !== null);
    if (ofUncovered.length === 0) {
      await this.#attribute(others, fresh, byEvent);
      return byEvent;
    }
    const ofOthers = (await this.#runAgain(others)) ?? {};
    await this.#attribute(others, ofOthers, byEvent);
    const theirs = subtractCode(fresh, ofOthers);
    if (theirs === null) return byEvent;
    this.#addLocations(ofUncovered, theirs, byEvent);
    const ofNobody = subtractCode(theirs, (await this.#runAgain(ofUncovered)) ?? {});
    if (ofNobody !== null) this.#addLocations(others, ofNobody, byEvent);
    return byEvent;
  }

  /** What the calls that failed do not explain, or what others ran too; null where nothing is left. */
  async #withoutFailed(
    ran: CodeSpans,
    failed: readonly (() => unknown)[],
    chunk: readonly Applied[],
  ): Promise<CodeSpans | null> {
    for (const call of failed) {
      try {
        await call();
      } catch {
        // As before.
      }
    }
    const theirs = this.#takeNew() ?? {};
    const others = (await this.#runAgain(chunk)) ?? {};
    return subtractCode(uniteCode(subtractCode(ran, theirs) ?? {}, others), {});
  }

  /** Blocks that ran and that the check did not cover; null where there are none. */
  #takeNew(): CodeSpans | null {
    if (this.#recorder === null || this.#code === null) return null;
    return subtractCode(this.#recorder.take(), this.#code);
  }

  async #attribute(
    some: readonly Applied[],
    fresh: CodeSpans,
    byEvent: Map<Applied, readonly string[]>,
  ): Promise<void> {
    let left = subtractCode(fresh, {});
    if (some.length > 1 && this.#looks < mostLooks) {
      const middle = some.length >> 1;
      for (const half of [some.slice(0, middle), some.slice(middle)]) {
        const again = await this.#runAgain(half);
        if (again === null) continue;
        await this.#attribute(half, again, byEvent);
        left = left === null ? null : subtractCode(left, again);
      }
    }
    // What did not run again depends on what the worker keeps to itself, so that each of them may have run it.
    if (left !== null) this.#addLocations(some, left, byEvent);
  }

  #addLocations(some: readonly Applied[], code: CodeSpans, byEvent: Map<Applied, readonly string[]>): void {
    const locations = this.#recorder?.locate(code) ?? [];
    for (const applied of some) byEvent.set(applied, [...new Set([...(byEvent.get(applied) ?? []), ...locations])]);
  }

  async #runAgain(some: readonly Applied[]): Promise<CodeSpans | null> {
    this.#looks++;
    const instance = this.#instance;
    if (instance === null) return null;
    this.#recorder?.take();
    const zeros = instance.negativeZeros;
    for (const { partition, site, given } of some) {
      try {
        const event = instance.event(site.page, site.index, partition);
        if (instance.worker.deduplicate !== undefined) instance.deduplicationId(event);
        const view: StateView = { read: (key) => given.get(key) };
        await instance.invoke(event, instance.keys(event), site.now, view);
      } catch {
        // It ran what it ran.
      }
    }
    instance.negativeZeros = zeros;
    return this.#takeNew();
  }
}

function partition<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): readonly [Item[], Item[]] {
  const first: Item[] = [];
  const second: Item[] = [];
  for (const item of items) (isFirst(item) ? first : second).push(item);
  return [first, second];
}

function remember(states: StateView, given: Map<string, unknown>): StateView {
  return {
    read(key) {
      const state = states.read(key);
      given.set(key, state);
      return state;
    },
  };
}
