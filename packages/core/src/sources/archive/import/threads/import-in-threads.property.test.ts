import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../../../../testing/scratch-folder.js';
import { isRecoveryError } from '../../../../model/errors/recovery-error.js';
import { openSqlite } from '../../../drivers/open-sqlite.js';
import type { EventMapping } from '../../../rows/event-mapping.js';
import { openRows } from '../../../rows/open-rows.js';
import { verifyArchive } from '../../verify-archive.js';
import { importIntoArchive, type ImportOptions } from '../import-into-archive.js';

const full = process.env['EVENTMEND_FULL'] !== undefined;
const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
process.stderr.write(`import in threads: seed ${seed}\n`);

const tables = ['archive', 'partition', 'segment', 'hole', 'progress', 'damaged_record'];

/** Everything that stands in an archive, row by row. */
function contentOf(path: string): readonly (readonly [string, unknown])[] {
  const db = openSqlite(path, { readonly: true });
  try {
    const there = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
    return tables
      .filter((table) => there.includes(table))
      .map((table) => [table, db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).raw().all()]);
  } finally {
    db.close();
  }
}

/** What an import did: what it answers or how it fails, and all that it has stored. */
async function outcomeOf(
  path: string,
  files: readonly string[],
  mapping: EventMapping,
  options: ImportOptions,
): Promise<unknown> {
  let answer: unknown;
  try {
    const rows = await Promise.all(files.map((file) => openRows(file)));
    answer = await importIntoArchive(path, rows, mapping, { ...options, archiveId: 'a' });
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    answer = { code: error.code, message: error.message, hint: error.hint, details: error.details };
  }
  return { answer, content: contentOf(path) };
}

const texts = fc.oneof(fc.constantFrom('paid', 'open', 'ä😀', 'a"b', ''), fc.string({ maxLength: 6 }));
const usualNumbers = fc.oneof(fc.integer({ min: -50, max: 2000 }), fc.double({ noNaN: true, min: 0, max: 1000 }));
const rows = fc.record({
  account: fc.integer({ min: 0, max: 12 }).map((n) => `acc-${n}`),
  kind: texts,
  amount: usualNumbers.map((number) => JSON.stringify(number)),
  note: fc.option(texts, { nil: null }),
  step: fc.nat(2),
  pause: fc.constantFrom(0, 1, 5, 5, 5, -3),
});
type Row = typeof rows extends fc.Arbitrary<infer T> ? T : never;

const odd = fc.constantFrom(
  ...['{"account":"acc-1"', 'not json', '', '  ', '{"account":"acc-1","at":1,"amount":9007199254740993,"o":1}'],
  ...[
    '[1]',
    '{"account":"acc-2","at":"never"}',
    'twice',
    'twice',
    'fall',
    '{"account": "acc-3", "at": 5000, "o": 900000}',
  ],
);

/** Lines of one file: usual ones, and here and there an odd one. */
const files = fc.record({
  rows: fc.array(rows, { minLength: 50, maxLength: 700, size: 'max' }),
  odd: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.array(fc.tuple(fc.nat(), odd), { maxLength: 4 }) },
  ),
  end: fc.constantFrom('\n', '\n', '\r\n', '\n\n'),
  isClosed: fc.boolean(),
  isCompressed: fc.constantFrom(false, false, true),
});

const forms = {
  assigned: {
    source: 's',
    topic: 't',
    partition: { hash: 'account', count: 5 },
    offset: 'assigned',
    key: 'account',
    time: { column: 'at', unit: 'milliseconds' },
  },
  given: {
    source: 's',
    topic: 't',
    partition: { constant: 0 },
    offset: { column: 'o' },
    key: { column: 'note', optional: true },
    value: { columns: ['amount', 'kind'] },
  },
  texts: {
    source: 's',
    topic: 't',
    partition: { hash: 'account', count: 3 },
    offset: 'assigned',
    id: 'account',
    numbers: 'text',
  },
  envelope: { form: 'envelope', source: 's' },
} as const satisfies Readonly<Record<string, EventMapping>>;

function linesOf(
  { rows: all, odd: oddLines, end, isClosed }: typeof files extends fc.Arbitrary<infer T> ? T : never,
  form: keyof typeof forms,
  from: number,
): string {
  let time = 1000 + from * 10;
  const lines = all.map(({ account, kind, amount, note, step, pause }: Row, i) => {
    time += pause;
    const at = (from + i) * 3 + step;
    const value = `{"account":${JSON.stringify(account)},"kind":${JSON.stringify(kind)},"amount":${amount},"at":${time},"o":${at},"note":${JSON.stringify(note)}}`;
    if (form !== 'envelope') return value;
    const key = JSON.stringify(note);
    return `{"topic":"t","partition":0,"offset":"${at}","timestamp":${time},"key":${key},"value":${step === 1 ? 'null' : value}}`;
  });
  for (const [place, line] of oddLines) {
    const at = place % lines.length;
    const instead = line === 'twice' ? (lines[at] ?? '') : line === 'fall' ? (lines[0] ?? '') : line;
    lines.splice(at, 0, instead);
  }
  return lines.join(end) + (isClosed ? end : '');
}

describe('an import in threads', () => {
  it(
    'stores, counts and refuses what an import in one thread does, byte by byte',
    async () => {
      const folder = scratchFolder();
      let archives = 0;
      let inThreads = 0;
      try {
        await fc.assert(
          fc.asyncProperty(
            fc.array(files, { minLength: 1, maxLength: 3 }),
            fc.constantFrom(...(Object.keys(forms) as (keyof typeof forms)[])),
            fc.constantFrom('refuse', 'keep', 'keep'),
            fc.constantFrom(1, 2, 3),
            fc.constantFrom(2_000, 9_000, 30_000),
            fc.constantFrom(5_000, 40_000, 1_000_000),
            async (contents, form, damage, threads, chunkBytes, commitBytes) => {
              const name = archives++;
              const names = contents.map((content, i) => {
                const text = linesOf(content, form, i * 1000);
                const file = folder.file(`${name}-${i}.ndjson${content.isCompressed ? '.gz' : ''}`);
                writeFileSync(file, content.isCompressed ? gzipSync(text) : text);
                return file;
              });
              const options = { damage, commitBytes, chunkBytes } as const;
              const one = folder.file(`${name}-one.archive`);
              const many = folder.file(`${name}-many.archive`);
              const expected = await outcomeOf(one, names, forms[form], { ...options, threads: 0 });
              const found = await outcomeOf(many, names, forms[form], { ...options, threads });
              expect(found).toEqual(expected);
              expect((await verifyArchive(many)).problems).toEqual([]);
              inThreads++;
            },
          ),
          { seed, numRuns: full ? 150 : 12 },
        );
      } finally {
        folder.remove();
      }
      expect(inThreads).toBeGreaterThan(0);
    },
    full ? 3_600_000 : 600_000,
  );
});
