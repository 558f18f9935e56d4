import type { WorkerEvent } from '../../../worker/worker.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesWhere } from './match-where.js';
import { parseWhere } from './parse-where.js';

const event: WorkerEvent = {
  source: 's',
  topic: 'orders',
  incarnation: '',
  partition: 3,
  offset: 18,
  key: 'k-1',
  time: Date.UTC(2026, 10, 19, 9, 12),
  headers: [
    ['tenant', 'old'],
    ['tenant', 'acme'],
    ['trace.id', null],
  ],
  value: {
    tenant: 'acme',
    cents: 250,
    paid: false,
    note: null,
    lines: [{ sku: 'a' }, { sku: 'b' }],
    'odd name': 'x',
    and: 1,
    big: 1e21,
  },
};

describe('a condition on events', () => {
  it.each([
    'value.tenant = "acme" and value.cents > 100',
    "value.tenant = 'acme'",
    'value.cents >= 250 and value.cents <= 250 and not value.cents < 250 and not value.cents > 250',
    'value.cents != 3 and value.cents = 2.5e2',
    'value.paid = false',
    'value.note = null and value.absent = null and value.lines[7].sku = null',
    'value.lines[1].sku = "b"',
    'value["odd name"] = "x"',
    'value.and = 1',
    'value.big > 1e20',
    'key = "k-1" and topic = "orders" and partition = 3 and offset = 18',
    'time = "2026-11-19T09:12:00Z" and time > "2026-11-19" and time < "2026-11-19T12:00+01:00"',
    'headers.tenant = "acme" and headers["trace.id"] = null and headers.none = null',
    'topic in ("a", "orders") and partition not in (1, 2)',
    // not binds closer than and, and closer than or.
    'topic = "orders" or topic = "x" and topic = "y"',
    'not topic = "x" and topic = "orders"',
    '(topic = "x" or topic = "orders") and not (key = "other")',
    'topic = "x" OR NOT topic IN ("y")',
    'value.tenant = "ac\\me" and value.tenant != "acme\\n"',
    'value.tenant < "b" and value.tenant > "Z"',
  ])('holds: %s', (text) => {
    expect(matchesWhere(parseWhere(text), event)).toBe(true);
  });

  it.each([
    'value.cents = "250"',
    'value.cents > "1"',
    'value.tenant > 1',
    'value.note < 1',
    'value.note >= null',
    'value.tenant.length = 4',
    'value.lines.length = 2',
    'value.constructor != null',
    'value.lines["0"] != null',
    'key in ("k-2", null)',
    'time = null',
    'value = null',
  ])('does not hold: %s', (text) => {
    expect(matchesWhere(parseWhere(text), event)).toBe(false);
  });

  it.each([
    ['', 1, /empty/],
    ['value.cents >> 100', 14, /a text, a number, true, false or null/],
    ['value.tenant = acme', 16, /texts stand in quotation marks: "acme"/],
    ['value.tenant = "acme', 16, /has no end/],
    ['tenant = "acme"', 1, /did you mean value\.tenant\?/],
    ['value.tenant', 13, /one of = != < <= > >= in/],
    ['value.a = 1 value.b = 2', 13, /and, or, or the end/],
    ['(value.a = 1', 13, /\) is expected/],
    ['value.a = 1)', 12, /and, or, or the end/],
    ['value.a in 1', 12, /\( is expected/],
    ['value.a not 1', 13, /in is expected/],
    ['partition = "3"', 13, /the partition is a number/],
    ['topic = 3', 9, /the topic is a text/],
    ['key = 3', 7, /the key is a text or null/],
    ['time > "yesterday"', 8, /a moment such as/],
    ['time > "2026-02-01T10:00:00"', 8, /a moment such as/],
    ['headers = "x"', 1, /name one header/],
    ['key.a = "x"', 1, /no fields of its own/],
    ['value. = 1', 8, /name of a field is expected/],
    ['value[-1] = 1', 7, /a place in a list/],
    ['value.a == 1', 10, /a text, a number/],
    ['value.a ! 1', 9, /write != /],
    ['value.a = 12345678901234567890', 11, /too large to be compared exactly/],
    ['value.a = 1 && value.b = 1', 13, /has no meaning/],
    ['process.exit()', 1, /no field process/],
    [`${'('.repeat(500)}value.a = 1${')'.repeat(500)}`, 102, /at most 100 levels/],
    [`${'not '.repeat(500)}value.a = 1`, 405, /at most 100 levels/],
    [`value.a = "${'x'.repeat(20_000)}"`, 10_001, /at most 10000 characters/],
  ])('refuses %j at column %i', (text, column, expected) => {
    expect(() => parseWhere(text)).toThrow(
      expect.objectContaining({
        code: 'invalid-condition',
        message: expect.stringMatching(expected) as string,
      }) as Error,
    );
    expect(() => parseWhere(text)).toThrow(new RegExp(`at column ${column}:`));
  });

  it('puts a caret under the place, in a long condition too', () => {
    const text = `value.tenant = "a" and ${'value.a = 1 and '.repeat(20)}value.b ~ 2`;
    try {
      parseWhere(text);
      expect.unreachable();
    } catch (error) {
      const [, excerpt = '', caret = ''] = (error as Error).message.split('\n');
      expect(excerpt[caret.indexOf('^')]).toBe('~');
      expect(excerpt.length).toBeLessThan(78);
    }
  });

  it('reads or refuses any text, and never fails otherwise', () => {
    const words = fc.constantFrom(
      'value.a',
      'key',
      '=',
      '!=',
      '(',
      ')',
      'and',
      'or',
      'not',
      'in',
      '1',
      '"x"',
      ',',
      '.',
      '[',
      'null',
      '\\',
      '"',
      '~',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words).map((list) => list.join(' ')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          matchesWhere(parseWhere(text), event);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-condition' });
        }
      }),
      { seed: 20261119, numRuns: 2000 },
    );
  });
});
