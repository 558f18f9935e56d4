import { defineWorker, type Worker } from '@eventmend/core';

export const typesOfOneKey = ['add', 'cut', 'set', 'wipe', 'double', 'boom'] as const;
export const typesOfTwoKeys = ['move', 'copy', 'gate'] as const;
export type TinyType = (typeof typesOfOneKey)[number] | (typeof typesOfTwoKeys)[number];
export const allTypes: readonly TinyType[] = [...typesOfOneKey, ...typesOfTwoKeys];

export interface TinyValue {
  readonly type: TinyType;
  readonly a: string;
  /** The second key, of types that name two. */
  readonly b?: string;
  readonly n: number;
  readonly id?: string;
}

export interface TinyState {
  readonly n: number;
  /** How many events wrote it, where the worker counts them. */
  readonly c?: number;
}

export interface TinyShape {
  readonly locality: 'partition' | 'global';
  readonly initial: boolean;
  /** States count their events, so that no event goes without a trace. */
  readonly counts: boolean;
}

export const keysOf = ({ a, b }: TinyValue): readonly string[] => (b === undefined || b === a ? [a] : [a, b]);

interface TinyStates {
  get(key: string): TinyState | undefined;
  set(key: string, state: TinyState): void;
  delete(key: string): void;
}

/** The handler itself, used by the worker and by the plain loop alike: a pure function of what it is given. */
export function handle(states: TinyStates, { type, a, b = a, n }: TinyValue, counts: boolean): void {
  const at = (key: string): number => states.get(key)?.n ?? 0;
  const write = (key: string, to: number): void =>
    states.set(key, counts ? { n: to, c: (states.get(key)?.c ?? 0) + 1 } : { n: to });
  switch (type) {
    case 'add':
      return write(a, at(a) + n);
    case 'cut':
      return write(a, Math.max(0, at(a) - n));
    case 'set':
      return write(a, n);
    case 'wipe':
      return states.delete(a);
    case 'double':
      return write(a, 2 * at(a));
    case 'boom':
      throw new Error('always');
    case 'move': {
      if (at(a) < n || a === b) return;
      write(a, at(a) - n);
      return write(b, at(b) + n);
    }
    case 'copy':
      return write(b, at(a));
    case 'gate':
      if (at(a) % 2 !== 0) states.delete(b);
      return;
  }
}

/** The worker of a shape, as a user would define it. */
export function tinyWorker({ locality, initial, counts }: TinyShape): Worker {
  return defineWorker<TinyValue, TinyState>({
    ...{ name: 'tiny', version: '1', locality, topics: ['tiny'] },
    ...(initial && { initial: (): TinyState => (counts ? { n: 0, c: 0 } : { n: 0 }) }),
    eventType: ({ value }: { readonly value: TinyValue }) => value.type,
    measures: { n: ({ n }: TinyState) => n },
    keys: ({ value }: { readonly value: TinyValue }) => [...keysOf(value)],
    evolve: (states: TinyStates, { value }: { readonly value: TinyValue }) => handle(states, value, counts),
  } as never);
}
