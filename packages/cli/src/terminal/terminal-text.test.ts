import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatTime } from './format.js';
import { fitLocale, plainStyle } from './terminal-style.js';
import { onlyOwnEscapes, safeJson, safeText } from './safe-text.js';
import { shellWord } from './shell-word.js';
import { table } from './table.js';
import { textWidth, wrapText } from './text-width.js';

describe('textWidth', () => {
  it('counts what it takes for plain as the library does', () => {
    const plain = [...'abc 09~', ...'§±·×–—…→≤≥', 'é', '界', '👩‍🚀', '\u0301', '\u001b[31m'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...plain)), (parts) => {
        expect(textWidth(parts.join(''))).toBe(stringWidth(parts.join('')));
      }),
    );
  });
});

describe('safeText', () => {
  it('drops escapes and shows control characters', () => {
    expect(safeText('\u001b[31mred\u001b[0m \u001b]0;title\u0007key\u0007 \u009b2J a\nb')).toBe(
      'red key\\x07 \\x9b2J a b',
    );
    expect(safeText('abc\u202edcba')).toBe('abc\\u202edcba');
  });

  it('leaves nothing that a terminal would obey', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // eslint-disable-next-line no-control-regex -- that is the claim
        expect(safeText(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
        expect(JSON.parse(safeJson(JSON.stringify(text)))).toBe(text);
      }),
    );
  });

  it('lets only our own colours through at the end', () => {
    expect(onlyOwnEscapes('\u001b[31mred\u001b[39m\u001b[2J\r', true)).toBe('\u001b[31mred\u001b[39m[2J');
    expect(onlyOwnEscapes('\u001b[31mred', false)).toBe('[31mred');
  });
});

describe('numbers and times', () => {
  it('are the same on every machine', () => {
    expect([0, 999, 1000, 1616669, 1234.5].map(formatCount)).toEqual(['0', '999', '1,000', '1,616,669', '1,234.5']);
    expect([3, 1200, 59_999, 190_000, 7_500_000].map(formatDuration)).toEqual([
      '3ms',
      '1.2s',
      '1m 00s',
      '3m 10s',
      '2h 05m',
    ]);
    expect([1, 999, 1000, 212_000_000].map(formatBytes)).toEqual(['1 byte', '999 bytes', '1.0 kB', '212 MB']);
    expect([Date.UTC(2001, 0, 2, 3, 4, 5), Date.UTC(2001, 0, 2), -Infinity].map(formatTime)).toEqual([
      '2001-01-02 03:04:05',
      '2001-01-02 00:00',
      'unknown',
    ]);
  });
});

describe('wrapText', () => {
  it('never exceeds the width and loses no letter', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', ' ', '字', 'é') }),
        fc.integer({ min: 2, max: 30 }),
        (text, width) => {
          const lines = wrapText(text, width);
          for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        },
      ),
    );
  });
});

describe('table', () => {
  it('fits 80 columns and wraps where it may', () => {
    const lines = table(
      [{ title: 'Name' }, { title: 'What', wrap: true }, { title: 'Count', align: 'right' }],
      [['short', 'a long explanation that does not fit into what is left of the eighty columns', '1,000']],
      plainStyle,
    );
    expect(lines.every((line) => line.length <= 80)).toBe(true);
    expect(lines.map((line) => line.trimEnd())).toMatchInlineSnapshot(`
      [
        "Name    What                                                               Count",
        "short   a long explanation that does not fit into what is left of the      1,000",
        "        eighty columns",
      ]
    `);
  });
});

describe('fallbacks', () => {
  it('has ASCII for every symbol', () => {
    expect(fitLocale({ ...plainStyle, unicode: false }, '✓ 5e0c…91 · ±2 字')).toBe('ok 5e0c...91 - +/-2 ?');
  });

  it('quotes a word only where a shell needs it', () => {
    expect(['a.yaml', 'orders[3]@1', "it's"].map(shellWord)).toEqual(['a.yaml', "'orders[3]@1'", `'it'\\''s'`]);
  });
});
