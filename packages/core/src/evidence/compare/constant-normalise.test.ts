import { describe, expect, it } from 'vitest';
import { defineWorker } from '../../worker/define-worker.js';
import { createWorkerInstance } from '../../worker/create-worker-instance.js';
import { comparableState } from './comparable-state.js';
import { ConstantNormalise } from './constant-normalise.js';

interface Account {
  readonly open: number;
  readonly cache?: number;
}

function instanceWith(normalise: (state: Account) => unknown) {
  return createWorkerInstance(
    defineWorker<{ c: string }, Account>({
      name: 'accounts',
      version: '1',
      key: ({ value }) => value.c,
      evolve: () => ({ open: 1 }),
      normalise,
    }),
  );
}

describe('normalise', () => {
  it.each<[string, (state: Account) => unknown, RegExp]>([
    ['returns nothing', () => undefined, /key "k" it returns nothing/],
    ['gives NaN', () => NaN, /NaN at \$/],
    ['gives NaN in a field', ({ open }) => ({ open: open / 0 - Infinity }), /NaN at \$\.open/],
    ['gives a Map, whose content JSON does not show', ({ open }) => ({ in: new Map([['open', open]]) }), /a Map/],
    ['gives a function', () => ({ f: () => 1 }), /a function at \$\.f/],
  ])('is refused where it %s', (_, normalise, message) => {
    expect(() => comparableState(instanceWith(normalise), { open: 1 }, 'k')).toThrow(message);
  });

  it('may drop a field by setting it to undefined', () => {
    const instance = instanceWith((state) => ({ ...state, cache: undefined }));
    const texts = [1, 2].map((cache) => comparableState(instance, { open: 1, cache }, 'k'));
    expect(texts[0]).toBe(texts[1]);
  });

  const states: readonly Account[] = [{ open: 1 }, { open: 2 }];
  const look = (normalise: (state: Account) => unknown, seen = states) => {
    const instance = instanceWith(normalise);
    const constant = new ConstantNormalise(instance);
    for (const state of seen) constant.look(state, comparableState(instance, state, 'k'));
    return () => constant.refuseConstant();
  };

  it.each<[string, (state: Account) => unknown]>([
    ['a number', () => 0],
    ['a text', () => 'same'],
    ['nothing but braces', () => ({})],
    ['a field of its own', () => ({ kind: 'account' })],
  ])('is refused where it makes of every state %s', (_, normalise) => {
    expect(look(normalise)).toThrow(/of every state it makes the same/);
    expect(look(normalise, states.slice(0, 1))).toThrow(/of every state it makes the same/);
  });

  it('is no constant where states are alike by themselves, or rounded', () => {
    expect(
      look(
        ({ open }) => ({ open }),
        [
          { open: 1, cache: 1 },
          { open: 1, cache: 2 },
        ],
      ),
    ).not.toThrow();
    expect(look(({ open }) => ({ open: Math.round(open) }), [{ open: 1.1 }, { open: 1.2 }])).not.toThrow();
  });
});
