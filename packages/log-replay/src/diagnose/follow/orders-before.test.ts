import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpenEvent } from './open-event.js';
import { OrdersBefore } from './orders-before.js';
import type { WalkedEvent } from './walk-log.js';

interface Move {
  readonly keys: readonly string[];
  readonly factor: number;
}

type States = ReadonlyMap<string, unknown>;

/** Every key becomes what all of them were together, times a factor: order matters, and what was in one key is in the others then. */
function moved(states: States, { keys, factor }: Move): States {
  const sum = keys.reduce((all, key) => all + Number(states.get(key) ?? 1), 0);
  return new Map([...states, ...keys.map((key, at) => [key, (sum * factor + at) % 9973] as const)]);
}

function openOf({ keys }: Move, rank: number): OpenEvent {
  return { walked: { keys, rank, offset: rank, place: 0 } as unknown as WalkedEvent } as unknown as OpenEvent;
}

/** All orders of all sets, the empty one too. */
function allOrders(count: number): readonly (readonly number[])[] {
  const orders: (readonly number[])[] = [[]];
  for (const order of orders) {
    for (let next = 0; next < count; next++) if (!order.includes(next)) orders.push([...order, next]);
  }
  return orders;
}

async function triedOf(moves: readonly Move[], keys: readonly string[]) {
  const open = moves.map(openOf);
  let handlings = 0;
  const from = {
    states: new Map(),
    behind: async (one: OpenEvent, states: States) => {
      handlings++;
      return moved(states, moves[open.indexOf(one)] as Move);
    },
  };
  const orders = new OrdersBefore({ keys } as unknown as WalkedEvent, open, from, 10_000);
  return { ways: await orders.all(), open, handlings };
}

describe('orders of open events before a handling', () => {
  it('leaves none out that the handling could tell from the others', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const move = fc.record({
      keys: fc.uniqueArray(key, { minLength: 1, maxLength: 2 }),
      factor: fc.constantFrom(2, 3, 5, 7),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(move, { maxLength: 5 }),
        fc.uniqueArray(key, { minLength: 1, maxLength: 2 }),
        async (moves, keys) => {
          const before = (states: States): string => JSON.stringify(keys.map((name) => states.get(name) ?? null));
          const { ways } = await triedOf(moves, keys);
          const tried = [before(new Map()), ...(ways ?? []).map(({ states }) => before(states))];
          const possible = allOrders(moves.length).map((order) =>
            before(order.reduce<States>((states, at) => moved(states, moves[at] as Move), new Map())),
          );
          expect(new Set(tried)).toEqual(new Set(possible));
        },
      ),
      { numRuns: Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? 200) },
    );
  });

  it('tries only what reaches the keys of the handling', async () => {
    const chain = ['a', 'b', 'c', 'd'].map((key, at) => ({ keys: [key, 'bcde'.charAt(at)], factor: 2 }));
    const { ways, open, handlings } = await triedOf(chain, ['a']);
    expect(ways?.map(({ handled }) => handled.length)).toEqual([1, 2, 3, 4]);
    expect(ways?.at(-1)?.handled).toEqual(open);
    expect(handlings).toBe(10);
  });

  it('gives up where there are too many', async () => {
    const many = Array.from({ length: 12 }, () => ({ keys: ['a'], factor: 2 }));
    expect((await triedOf(many, ['a'])).ways).toBeNull();
    expect((await triedOf([...many, ...many, ...many], ['a'])).ways).toBeNull();
  });
});
