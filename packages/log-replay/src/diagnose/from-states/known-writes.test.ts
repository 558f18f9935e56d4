import { expect, test } from 'vitest';
import type { GatheredEvent } from './gather-events.js';
import { keptWrites, KnownWrites, textOfStates } from './known-writes.js';

function eventOf(...keys: string[]): GatheredEvent {
  return { keys } as unknown as GatheredEvent;
}

test('remembers by event and by the states that it met', () => {
  const known = new KnownWrites();
  const [one, other] = [eventOf('a'), eventOf('a')];
  known.keep(one, '[[1]]', [{ key: 'a', state: 2 }]);
  known.keep(one, '[[2]]', null);
  expect(known.find(one, '[[1]]')).toEqual([{ key: 'a', state: 2 }]);
  expect(known.find(one, '[[2]]')).toBeNull();
  expect(known.find(one, '[[3]]')).toBeUndefined();
  expect(known.find(other, '[[1]]')).toBeUndefined();
});

test('tells a key without a state from one whose state is null, and two keys from one another', () => {
  const texts = [new Map(), new Map([['a', null]]), new Map([['b', null]])].map((states) =>
    textOfStates(eventOf('a', 'b'), (key) => states.get(key)),
  );
  expect(new Set(texts).size).toBe(3);
});

test('keeps what was written when the entries of the call are used again', () => {
  const entry = { key: 'a', state: 1 as unknown };
  const kept = keptWrites({ writes: [entry], outputs: [], reads: [] });
  entry.state = 2;
  expect(kept).toEqual([{ key: 'a', state: 1 }]);
});
