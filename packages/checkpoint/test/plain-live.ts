import { createHash } from 'node:crypto';
import {
  defineWorker,
  deleted,
  type StatesOfKeys,
  type Worker,
  type WorkerContext,
  type WorkerEvent,
} from '@eventmend/core';
import type { LiveEvent } from '@eventmend/checkpoint';

/** What a random worker can be. */
export interface Shape {
  readonly many: boolean;
  /** Every third handler waits. */
  readonly async: boolean;
  readonly initial: boolean;
  readonly codec: boolean;
  /** Null where nothing is left out by business ids. */
  readonly window: number | null;
}

interface Value {
  readonly id?: string;
  readonly add?: number;
  readonly to?: string;
  readonly remove?: boolean;
  readonly say?: string;
}

export interface State {
  readonly n: number;
  readonly trail: readonly (string | number | null)[];
}

interface Emitted {
  readonly name: string;
  readonly value: unknown;
}

const begun: State = { n: 0, trail: [] };

/** The fold itself; null is a deleted state. */
function fold(state: State | undefined, value: Value | null, now: number, emit: (e: Emitted) => void): State | null {
  if (value === null || value.remove === true) {
    emit({ name: 'gone', value: { had: state?.n ?? null } });
    return null;
  }
  const before = state ?? begun;
  const add = value.add ?? 0;
  if (add > 5) {
    emit({ name: 'paid', value: { add } });
    emit({ name: 'paid', value: { add, again: true } });
  }
  const last = value.say ?? (Number.isFinite(now) ? now : null);
  return { n: before.n + add, trail: [...before.trail.slice(-3), last] };
}

/** @param trouble called for every event before it is folded; may throw */
export function workerOf(shape: Shape, trouble: (offset: number) => void = () => undefined): Worker {
  const common = {
    name: 'plain',
    version: '1.2.3',
    outputs: { paid: { kind: 'event' as const }, gone: { kind: 'event' as const } },
    ...(shape.window !== null && {
      deduplicate: {
        id: ({ value }: { readonly value: Value | null }) => value?.id ?? null,
        window: shape.window,
      },
    }),
    ...(shape.codec && {
      codec: {
        encode: ({ n, trail }: State) => ['v', n, trail],
        decode: (json: unknown) => {
          const [, n, trail] = json as [string, number, State['trail']];
          return { n, trail };
        },
      },
    }),
  };
  const later = <T>(offset: number, result: () => T): T | Promise<T> =>
    shape.async && offset % 3 === 0 ? new Promise<void>((resolve) => setImmediate(resolve)).then(result) : result();
  if (!shape.many) {
    return defineWorker<Value | null, State>({
      ...common,
      key: (event: WorkerEvent) => event.key ?? 'nobody',
      ...(shape.initial && { initial: () => begun }),
      evolve: (state: State | undefined, event: WorkerEvent<Value | null>, context: WorkerContext) =>
        later(event.offset, () => {
          trouble(event.offset);
          return (
            fold(state, event.value, context.now, ({ name, value }) => context.emit(name, value)) ?? (deleted as never)
          );
        }),
    } as never);
  }
  return defineWorker<Value | null, State>({
    ...common,
    keys: (event: WorkerEvent<Value | null>) => keysOf(shape, event.key, event.value),
    ...(shape.initial && { initial: () => begun }),
    evolve: (states: StatesOfKeys<State>, event: WorkerEvent<Value | null>, context: WorkerContext) =>
      later(event.offset, () => {
        for (const key of keysOf(shape, event.key, event.value)) {
          const state = fold(states.get(key), event.value, context.now, ({ name, value }) =>
            context.emit(name, value, { key }),
          );
          trouble(event.offset);
          if (state === null) states.delete(key);
          else states.set(key, state);
        }
      }),
  } as never);
}

function keysOf({ many }: Pick<Shape, 'many'>, key: string | null, value: Value | null): readonly string[] {
  const first = key ?? 'nobody';
  return many && value?.to !== undefined && value.to !== first ? [first, value.to] : [first];
}

export interface PlainProof {
  readonly events: number;
  readonly last: readonly [string, number, string] | null;
  readonly order: string;
  readonly sum: string;
}

export interface PlainOutput {
  readonly offset: number;
  readonly partition: number;
  readonly name: string;
  readonly key: string;
  readonly value: unknown;
  readonly time: number | null;
}

const untouched: PlainProof = { events: 0, last: null, order: '', sum: '0'.repeat(32) };

const sha = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

function proofWith(proof: PlainProof, topic: string, partition: number, offset: number): PlainProof {
  const identity = sha(JSON.stringify(['log', '', topic, '', partition, String(offset)]));
  return {
    events: proof.events + 1,
    last: [topic, partition, String(offset)],
    order: sha(proof.order + identity),
    sum: ((BigInt(`0x${proof.sum}`) + BigInt(`0x${identity}`)) % 2n ** 128n).toString(16).padStart(32, '0'),
  };
}

/** What a plain loop over the events makes of them, one after the other, each once. */
export class PlainLoop {
  readonly shape: Shape;
  readonly topic: string;
  states = new Map<string, State>();
  proofs = new Map<string, PlainProof>();
  outputs: PlainOutput[] = [];
  next = new Map<number, number>();
  watermarks = new Map<number, number>();
  applied = 0;
  duplicates = 0;
  /** The business ids of the events that were applied, in that order. */
  ids: (string | null)[] = [];

  constructor(shape: Shape, topic: string) {
    this.shape = shape;
    this.topic = topic;
  }

  copy(): PlainLoop {
    const other = new PlainLoop(this.shape, this.topic);
    other.states = new Map(this.states);
    other.proofs = new Map(this.proofs);
    other.outputs = [...this.outputs];
    other.next = new Map(this.next);
    other.watermarks = new Map(this.watermarks);
    other.ids = [...this.ids];
    other.applied = this.applied;
    other.duplicates = this.duplicates;
    return other;
  }

  apply(partition: number, event: LiveEvent): void {
    if (event.offset < (this.next.get(partition) ?? 0)) return;
    this.next.set(partition, event.offset + 1);
    let now = this.watermarks.get(partition) ?? -Infinity;
    if (typeof event.time === 'number' && event.time >= 0 && event.time > now) now = event.time;
    this.watermarks.set(partition, now);
    const value: Value | null = event.value ?? null;
    const { window } = this.shape;
    if (window !== null) {
      const id = value?.id ?? null;
      if (id !== null && this.ids.slice(-window).includes(id)) {
        this.duplicates++;
        return;
      }
      this.ids.push(id);
    }
    this.applied++;
    const keys = keysOf(this.shape, event.key ?? null, value);
    for (const key of keys) {
      const before = this.states.get(key) ?? (this.shape.initial ? begun : undefined);
      const state = fold(before, value, now, (emitted) =>
        this.outputs.push({
          offset: event.offset,
          partition,
          ...emitted,
          key,
          time: Number.isFinite(now) ? now : null,
        }),
      );
      if (state === null) this.states.delete(key);
      else this.states.set(key, state);
      this.proofs.set(key, proofWith(this.proofs.get(key) ?? untouched, this.topic, partition, event.offset));
    }
  }

  /** As it is stored. */
  stored(key: string): unknown {
    const state = this.states.get(key);
    if (state === undefined) return undefined;
    return this.shape.codec ? ['v', state.n, state.trail] : state;
  }

  /** Every key that was ever touched, in the order of the bytes of its UTF-8. */
  rows(): { key: string; state: unknown; proof: PlainProof }[] {
    return [...this.proofs]
      .map(([key, proof]) => ({ key, state: this.stored(key), proof }))
      .sort((a, b) => Buffer.compare(Buffer.from(a.key, 'utf8'), Buffer.from(b.key, 'utf8')));
  }
}

/** Mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** The seed of a run: that of EVENTMEND_SEED, else a new one; printed. */
export function seedOf(name: string): number {
  const seed = Number(process.env['EVENTMEND_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stderr.write(`${name}: seed ${seed}\n`);
  return seed;
}

export const nastyKeys: readonly string[] = [
  '',
  'a',
  'b',
  'B',
  'nobody',
  '\u{1F600}',
  '\u{10FFFF}',
  '\uFFFF',
  '\uE000',
  '\uD7FF',
  'é',
  '"quoted" \\ \'single\'',
  'x'.repeat(5000),
  '__proto__',
  'constructor',
  '\n\r\t',
  '\0',
  'a\0b',
  '\u2028',
  'null',
];

/** Events of one partition, with offsets that are left out, and times that are absent, late or before 1970. */
export function randomEvents(random: Random, count: number, keys: readonly string[]): LiveEvent[] {
  const events: LiveEvent[] = [];
  let offset = random.below(3);
  for (let n = 0; n < count; n++, offset += random.chance(0.1) ? 1 + random.below(4) : 1) {
    const chance = random.next();
    const value: Value | undefined =
      chance < 0.06
        ? undefined
        : {
            ...(random.chance(0.7) && { add: random.below(10) - 3 }),
            ...(random.chance(0.3) && { to: random.pick(keys) }),
            ...(random.chance(0.5) && { id: `id-${random.below(12)}` }),
            ...(random.chance(0.1) && { remove: true }),
            ...(random.chance(0.1) && { say: random.pick(keys) }),
          };
    const time = random.next();
    events.push({
      offset,
      ...(random.chance(0.95) && { key: random.pick(keys) }),
      ...(time < 0.7
        ? { time: 1_700_000_000_000 + n * 10 + random.below(50) }
        : time < 0.8
          ? { time: -1 }
          : time < 0.9 && { time: null }),
      ...(random.chance(0.2) && {
        headers: [
          ['type', random.pick<string>(['x', 'y', ''])],
          ['none', null],
        ] as const,
      }),
      ...(value !== undefined && { value }),
    });
  }
  return events;
}
