import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readPlain } from '../../../../test/archive/plain-reading.js';
import { scratchFolder } from '../../../testing/scratch-folder.js';
import { openSqlite } from '../../drivers/open-sqlite.js';
import { openRows } from '../../rows/open-rows.js';
import { createArchiveWriter } from '../archive-writer.js';
import { importIntoArchive } from '../import/import-into-archive.js';
import { openArchive } from '../open-archive.js';
import { rewriteArchive } from '../rewrite-archive.js';
import { verifyArchive } from '../verify-archive.js';
import { assembleValues } from './assemble-values.js';
import { columnsThatPrintBack } from './columns-that-print-back.js';
import { unpackColumns } from './unpack-columns.js';

const full = process.env['EVENTMEND_FULL'] !== undefined;
const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = full ? 3000 : 150;
process.stderr.write(`columns: seed ${seed}\n`);

/** Names that a literal, an assignment or an enumeration of JavaScript treats in a way of its own. */
const names = fc.oneof(
  fc.constantFrom('id', 'amount', 'a', '', ' ', '0', '10', '2', '-1', 'constructor', 'toString', 'hasOwnProperty'),
  fc.constantFrom('__proto__', 'get', 'async', '"', '\\', '\u2028', '\u2029', '${x}', '`', "'", 'ä', '😀', '*/', '\n'),
  fc.string({ maxLength: 4 }),
);

/** JSON texts of scalars, some written as no printer would write them. */
const scalarTexts = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -300, max: 300 }).map(String) },
  { weight: 2, arbitrary: fc.integer().map(String) },
  { weight: 2, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)) },
  { weight: 4, arbitrary: fc.constantFrom('"paid"', '"open"', 'true', 'false', 'null', '""') },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)) },
  { weight: 2, arbitrary: fc.json({ maxDepth: 2 }) },
);
const oddTexts = fc.constantFrom(
  ...['-0', '0.0', '1e3', '1E400', '9007199254740993', '0.1000000000000000055', '123456789012345678901234567890'],
  ...['"\\u00e4"', '"\\ud800"', '"\\/"', ' 1', '1 ', '{"a":1,"a":2}', '{"b":1,"1":2}', '{"__proto__":1}', '[ ]', '[]'],
);

/** Texts of one shape, an object in it now and then; mostly printed as JSON.stringify would. */
const shapes = fc.uniqueArray(names, { minLength: 1, maxLength: 6 }).chain((fields) => {
  const scalar = (odd: number) =>
    fc.oneof({ weight: 60, arbitrary: scalarTexts }, { weight: odd, arbitrary: oddTexts });
  const object = (inner: fc.Arbitrary<string>, own: readonly string[]) =>
    fc
      .tuple(...own.map(() => inner))
      .map((texts) => `{${own.map((name, i) => `${JSON.stringify(name)}:${texts[i] ?? ''}`).join(',')}}`);
  const build = (odd: number): fc.Arbitrary<string> => {
    const nested = object(scalar(odd), fields.slice(0, 2));
    return object(fc.oneof({ weight: 5, arbitrary: scalar(odd) }, { weight: 1, arbitrary: nested }), fields);
  };
  // In most logs nothing odd stands at all: with one odd number in 500 values, columns would hardly ever be met.
  return fc.constantFrom(0, 0, 0, 1).chain((odd) => fc.array(build(odd), { minLength: 1, maxLength: 20, size: 'max' }));
});

/** Texts of values, null for a tombstone. */
const kinds = fc.oneof(
  { weight: 200, arbitrary: fc.constant('value') },
  fc.constantFrom('null', 'tombstone', 'tombstone', 'scalar'),
);
const logs = fc
  .tuple(
    fc.array(shapes, { minLength: 1, maxLength: 3 }),
    fc.array(fc.tuple(fc.nat(), kinds), { minLength: 1, maxLength: 150, size: 'max' }),
  )
  .map(([texts, picks]) =>
    picks.map(([pick, kind]) => {
      if (kind === 'tombstone') return null;
      if (kind === 'null') return 'null';
      if (kind === 'scalar') return '17';
      const shape = texts[pick % texts.length] ?? [];
      return shape[(pick >> 2) % shape.length] ?? 'null';
    }),
  );

describe('values as columns', () => {
  it('come back as the bytes that were written and as the values that a parser makes, whatever was written', async () => {
    const folder = scratchFolder();
    const id = { source: 's', topic: 't', incarnation: '', partition: 0 };
    let asColumns = 0;
    let archives = 0;
    try {
      await fc.assert(
        fc.asyncProperty(logs, fc.boolean(), fc.nat(150), fc.nat(150), async (texts, parsed, a, b) => {
          const path = folder.file(`${archives++}.archive`);
          const writer = createArchiveWriter(path, { source: 's' });
          const appender = writer.partition(id);
          for (const [offset, value] of texts.entries()) {
            const event = { offset, time: 1000 + offset, timeType: null, key: 'k', headers: null, value };
            if (parsed) appender.appendParsed(event, value === null ? null : (JSON.parse(value) as unknown));
            else appender.append(event);
          }
          writer.commit();
          for (const [offset, value] of texts.entries()) {
            const event = { offset, time: 1000 + offset, timeType: null, key: 'k', headers: null, value };
            expect(appender.append(event)).toBe('repeated');
          }
          writer.close();
          const db = openSqlite(path, { readonly: true });
          asColumns += db.prepare('SELECT count(*) FROM segment WHERE value_form = 3').pluck().get() as number;
          db.close();
          const log = openArchive(path);
          const [from, to] = [Math.min(a, b), Math.max(a, b)];
          const events = readPlain(log, id, from, to);
          log.close();
          expect(
            events.map(({ value }) => (value === null ? null : Buffer.from(value, 'hex').toString('utf8'))),
          ).toEqual(texts.slice(from, to));
          for (const { offset, decoded } of events)
            if (decoded !== 'undecodable') expect(decoded).toBe(JSON.stringify(JSON.parse(texts[offset] ?? 'null')));
          expect((await verifyArchive(path)).problems).toEqual([]);
        }),
        { seed, numRuns },
      );
    } finally {
      folder.remove();
    }
    // Otherwise nothing was tested.
    expect(asColumns).toBeGreaterThan(archives / 5);
  });

  it('that were changed in any way are refused, or give as many values as they say', () => {
    const events = Array.from({ length: 40 }, (_, n) => ({
      id: `e-${n}`,
      kind: ['paid', 'sent'][n % 2],
      cents: n * 997,
      share: n / 7,
      at: { day: n % 3, zone: 'UTC' },
      ...(n % 5 === 0 && { note: [n] }),
    }));
    const packed = columnsThatPrintBack(
      events,
      events.map((event) => JSON.stringify(event)),
    );
    expect(packed).not.toBe(null);
    if (packed === null) return;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(packed.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.oneof({ weight: 4, arbitrary: fc.constant(packed.length) }, { weight: 1, arbitrary: fc.nat(packed.length) }),
        (changes, length) => {
          const bytes = Buffer.from(packed).subarray(0, length);
          for (const [at, byte] of changes) if (at < length) bytes[at] = byte;
          const columns = unpackColumns(bytes);
          if (columns === null) refused++;
          else expect(assembleValues(columns)).toHaveLength(columns.count);
        },
      ),
      { seed, numRuns: numRuns * 20 },
    );
    expect(refused).toBeGreaterThan(numRuns);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('take a third of what the text takes where values are alike', () => {
    const events = Array.from({ length: 500 }, (_, n) => ({
      account: `account-${n % 40}`,
      kind: ['booked', 'reversed', 'settled'][n % 3],
      currency: 'EUR',
      cents: (n * 7919) % 100_000,
      channel: 'web',
      attempt: 1 + (n % 2),
    }));
    const text = JSON.stringify(events);
    const packed = columnsThatPrintBack(
      events,
      events.map((event) => JSON.stringify(event)),
    );
    expect(packed?.length).toBeLessThan(text.length / 3);
  });
});

describe('numbers that a double cannot give back', () => {
  it.each(['12345678901000000000', '9007199254740992', '-9007199254740993', '0.1234567890123456789'])(
    '%s keeps its segment a text, and is told by readers',
    async (number) => {
      const folder = scratchFolder();
      try {
        const rows = Array.from(
          { length: 60 },
          (_, n) => `{"o":${n},"kind":"paid","cents":${n === 40 ? number : n}}\n`,
        );
        const [file, archive, anew] = ['a.ndjson', 'a.archive', 'b.archive'].map((name) => folder.file(name)) as [
          string,
          string,
          string,
        ];
        writeFileSync(file, rows.join(''));
        const mapping = { source: 's', topic: 't', partition: { constant: 0 }, offset: { column: 'o' } };
        const [imported] = await importIntoArchive(archive, [await openRows(file)], mapping);
        expect(imported).toMatchObject({ events: 60 });
        await rewriteArchive(archive, anew);
        for (const path of [archive, anew]) {
          const log = openArchive(path);
          const page = log.read({ source: 's', topic: 't', incarnation: '', partition: 0, from: 0, to: 60 }).next();
          expect([...(page?.inexact?.keys() ?? [])]).toEqual([40]);
          expect(Buffer.from(page?.valueBytes(40) ?? []).toString()).toBe(rows[40]?.trimEnd());
          log.close();
        }
      } finally {
        folder.remove();
      }
    },
  );
});
