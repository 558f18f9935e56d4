import { expect, it } from 'vitest';
import { describeProcessWorker } from './describe-process-worker.js';

it('leaves what is volatile out of the states that are compared, in lists of each item, and changes none', () => {
  const { normalise = () => undefined } = describeProcessWorker({
    ...{ protocol: 'eventmend-worker/1', name: 'sums', version: '1' },
    volatile: ['lastWrite', 'cache.at', 'lines.id'],
  });
  const state = { sum: 1, lastWrite: 5, cache: { at: 6, hits: 2 }, lines: [{ id: 1, of: 'a' }, { of: 'b' }] };
  const before = structuredClone(state);
  expect(normalise(state as never, 'k')).toEqual({ sum: 1, cache: { hits: 2 }, lines: [{ of: 'a' }, { of: 'b' }] });
  expect(state).toEqual(before);
  expect(normalise(null as never, 'k')).toBeNull();
});
