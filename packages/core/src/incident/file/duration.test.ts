import { describe, expect, it } from 'vitest';
import { parseDuration } from './duration.js';
import { parseInstant } from './instant.js';

describe('parseDuration', () => {
  it.each([
    ['24h', 86_400_000],
    ['30s', 30_000],
    ['1h30m', 5_400_000],
    ['250ms', 250],
    ['1.5d', 129_600_000],
    ['0s', 0],
    ['', null],
    ['24', null],
    ['-1h', null],
    ['1h junk', null],
  ])('%s', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });
});

describe('parseInstant', () => {
  it.each([
    ['2001-03-01', Date.UTC(2001, 2, 1)],
    ['2001-03-01T10:00', Date.UTC(2001, 2, 1, 10)],
    ['2001-03-01 10:00:00.5', Date.UTC(2001, 2, 1, 10, 0, 0, 500)],
    ['2001-03-01T10:00+02:00', Date.UTC(2001, 2, 1, 8)],
    ['2001-02-29', null],
    ['2000-02-29', Date.UTC(2000, 1, 29)],
    ['03/01/2001', null],
    ['2001-03-01T25:00Z', null],
  ])('%s', (text, expected) => {
    expect(parseInstant(text)).toBe(expected);
  });
});
