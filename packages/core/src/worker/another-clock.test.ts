import { expect, test } from 'vitest';
import { underAnotherClock } from './another-clock.js';

test('whoever asks for the time finds another one, which goes on', () => {
  const seen = underAnotherClock('here', () => {
    const begun = Date.now();
    while (Date.now() - begun < 3);
    return [new Date().getFullYear(), new Date(Date.now()).getFullYear(), new Date(Date()).getFullYear()];
  });
  expect(seen).toEqual([1980, 1980, 1980]);
  expect(Date.now()).toBeGreaterThan(Date.UTC(2026, 0, 1));
});

test('dates of a time that is given are those that they are', () => {
  const date = underAnotherClock('here', () => new Date(Date.UTC(2026, 1, 3)));
  expect(date).toBeInstanceOf(Date);
  expect(date.toISOString()).toBe('2026-02-03T00:00:00.000Z');
  expect(underAnotherClock('here', () => [new Date(2026, 1, 3).getDate(), Date.parse('1970-01-01')])).toEqual([3, 0]);
  expect(underAnotherClock('here', () => new Date(1) instanceof Date && new (class extends Date {})(5).getTime())).toBe(
    5,
  );
});

test('the clock is back, whatever was thrown', () => {
  const before = globalThis.Date;
  expect(() =>
    underAnotherClock('here', () => {
      throw new Error('ended');
    }),
  ).toThrow('ended');
  expect(globalThis.Date).toBe(before);
});
