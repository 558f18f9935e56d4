import { defineWorker, deleted, type Worker, type WorkerContext } from '@eventmend/core';

/** What an event asks for. Single-key workers know those types only that name one key. */
export const typesOfOneKey = ['add', 'cut', 'set', 'wipe', 'boom', 'fuse', 'stamp', 'cache', 'rate', 'mint'] as const;
export const typesOfTwoKeys = ['move', 'copy', 'gate', 'peek', 'blind', 'spend'] as const;
export type TinyType = (typeof typesOfOneKey)[number] | (typeof typesOfTwoKeys)[number];

export interface TinyValue {
  readonly type: TinyType;
  readonly keys: readonly string[];
  readonly n: number;
  readonly id?: string;
  /** The field that orders the events, where one does. */
  readonly seq?: number;
}

export interface TinyState {
  readonly n: number;
  /** A cache, which `normalise` may drop. */
  readonly c?: number;
  /** The clock of the last stamp. */
  readonly t?: number | null;
}

/** The states of the keys of one event, as a handler sees them. */
export interface TinyStates {
  get(key: string): TinyState | undefined;
  set(key: string, state: TinyState): void;
  delete(key: string): void;
}

/** What changes over time and is only read: one row until then, another from then on. */
const rateChange = Date.UTC(2026, 0, 1, 0, 0, 4);
export const rates = [
  { key: 'x', value: 2 },
  { key: 'x', valid_from: new Date(rateChange).toISOString(), value: 3 },
];
export const rateAt = (now: number): number => (now >= rateChange ? 3 : 2);

/** The handler itself, used by the worker and by the plain loop alike: a pure function of what it is given. */
export function handle(states: TinyStates, { type, keys, n }: TinyValue, now: number, rate: () => number): void {
  const [a = '', b = ''] = keys;
  const at = (key: string): TinyState => states.get(key) ?? { n: 0 };
  const change = (key: string, part: Partial<TinyState>): void => states.set(key, { ...at(key), ...part });
  switch (type) {
    case 'add':
      return change(a, { n: at(a).n + n });
    case 'mint':
      return change(a, { n: 2 * at(a).n + n });
    case 'cut':
      return change(a, { n: Math.max(0, at(a).n - n) });
    case 'set':
      return states.set(a, { n });
    case 'wipe':
      return states.delete(a);
    case 'boom':
      throw new Error('always');
    case 'fuse':
      if (at(a).n > n) throw new Error('too much');
      return change(a, { n: at(a).n + 1 });
    case 'stamp':
      return change(a, { t: Number.isFinite(now) ? now : null });
    case 'cache':
      return change(a, { c: (at(a).c ?? 0) + n });
    case 'rate':
      return change(a, { n: at(a).n + n * rate() });
    case 'move':
      if (at(a).n < n) return;
      change(a, { n: at(a).n - n });
      return change(b, { n: at(b).n + n });
    case 'copy':
      return states.set(b, { n: at(a).n });
    case 'gate':
      if (at(a).n % 2 !== 0) states.delete(b);
      return;
    case 'peek':
      at(a);
      at(b);
      return;
    case 'blind':
      return states.set(a, { n });
    case 'spend':
      return change(b, { n: at(b).n + (at(a).c ?? 0) });
  }
}

export interface TinyShape {
  readonly locality: 'partition' | 'global';
  readonly many: boolean;
  readonly initial: boolean;
  /** How many recent business ids it remembers; null where it leaves out no duplicates. */
  readonly window: number | null;
  /** It drops the field `c` before states are compared. */
  readonly normalise: boolean;
  /** It says the type of an event; else the field `type` of the value does. */
  readonly eventType: boolean;
}

/** The worker of a shape, as a user would define it. */
export function tinyWorker({ locality, many, initial, window, normalise, eventType }: TinyShape): Worker {
  const common = {
    name: 'tiny',
    version: '1',
    locality,
    lookups: ['rates'],
    ...(initial && { initial: (): TinyState => ({ n: 0 }) }),
    ...(window !== null && {
      deduplicate: { id: ({ value }: { readonly value: TinyValue }) => value.id ?? null, window },
    }),
    ...(normalise && {
      normalise: (state: TinyState) => {
        const { c: _, ...rest } = state;
        return rest;
      },
    }),
    ...(eventType && { eventType: ({ value }: { readonly value: TinyValue }) => value.type }),
  };
  if (many) {
    return defineWorker<TinyValue, TinyState>({
      ...common,
      keys: ({ value }: { readonly value: TinyValue }) => [...value.keys],
      evolve: (states: TinyStates, { value }: { readonly value: TinyValue }, context: WorkerContext) =>
        handle(states, value, context.now, () => context.lookup('rates', 'x') as number),
    } as never);
  }
  return defineWorker<TinyValue, TinyState>({
    ...common,
    key: ({ value }: { readonly value: TinyValue }) => value.keys[0] ?? '',
    evolve: (state: TinyState | undefined, { value }: { readonly value: TinyValue }, context: WorkerContext) => {
      let after: TinyState | undefined = state;
      const states: TinyStates = {
        get: () => after,
        set: (_, next) => void (after = next),
        delete: () => void (after = undefined),
      };
      handle(states, value, context.now, () => context.lookup('rates', 'x') as number);
      return after ?? deleted;
    },
  } as never);
}
