import { expect, it } from 'vitest';
import { OutputValues } from './output-values.js';

const values = new OutputValues({
  sent: {
    kind: 'event',
    volatile: ['at', 'message.id', 'lines.id', '__proto__'],
    reveals: [{ fields: { sum: 'sum' }, within: { sum: 0.5 } }],
  },
  plain: { kind: 'event' },
});

it('leaves what is volatile out, in lists of each item, and changes no value', () => {
  const value = JSON.parse(
    '{"at":1,"message":{"id":"a","of":"b"},"lines":[{"id":1,"n":2},3,[{"id":4}]],"__proto__":{"x":1},"sum":2}',
  ) as unknown;
  const text = JSON.stringify(value);
  expect(JSON.stringify(values.comparable('sent', value))).toBe(
    '{"message":{"of":"b"},"lines":[{"n":2},3,[{}]],"sum":2}',
  );
  expect(JSON.stringify(value)).toBe(text);
});

it('gives a value back as it is where nothing of it is volatile', () => {
  for (const value of [null, 1, 'at', [], { of: { at: 1 } }, { message: 'id' }, { lines: [1, { n: 1 }] }]) {
    expect(values.comparable('sent', value)).toBe(value);
  }
  const whole = { at: 1 };
  expect(values.comparable('plain', whole)).toBe(whole);
  expect(values.comparable('of nobody', whole)).toBe(whole);
});

it('compares the rest within its rounding', () => {
  expect(values.same('sent', { at: 1, sum: 2.4 }, { sum: 2 })).toBe(true);
  expect(values.same('sent', { at: 1, sum: 2.6 }, { at: 1, sum: 2 })).toBe(false);
  expect(values.difference('sent', { at: 1, sum: 2, n: 1 }, { at: 2, sum: 2, n: 3 })).toMatchObject({ path: '$.n' });
  expect(values.same('plain', { at: 1 }, { at: 2 })).toBe(false);
});
