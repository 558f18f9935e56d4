import type { RowPosition, RowReader, RowSource } from '../sources/rows/row-source.js';
import type { TestFramework } from './test-framework.js';

export interface RowsUnderTest {
  readonly source: RowSource;
  readonly dispose?: () => void | Promise<void>;
}

export type ContractRow = Readonly<Record<string, string>>;

/** Makes a file of the format with these rows (objects of texts with the same fields) and opens it. */
export type RowFactory = (rows: readonly ContractRow[]) => RowsUnderTest | Promise<RowsUnderTest>;

/** What every source of rows promises. */
export function describeRowSourceContract(framework: TestFramework, name: string, factory: RowFactory): void {
  const { describe, it, expect } = framework;

  async function withSource(rows: readonly ContractRow[], body: (source: RowSource) => Promise<void>): Promise<void> {
    const { source, dispose } = await factory(rows);
    try {
      await body(source);
    } finally {
      await dispose?.();
    }
  }

  describe(`row source contract: ${name}`, () => {
    it('gives every row once, in order', () =>
      withSource(contractRows, async (source) => {
        const { values } = await readRows(source.open());
        expect(JSON.stringify(values)).toBe(JSON.stringify(contractRows));
      }));

    it('gives text and bytes that are the row, or neither', () =>
      withSource(contractRows, async (source) => {
        const reader = source.open();
        for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
          for (let i = 0; i < batch.count; i++) {
            const text = batch.text(i);
            const bytes = batch.bytes(i);
            expect(bytes === null ? null : Buffer.from(bytes).toString('utf8')).toBe(text);
            if (text !== null) expect(JSON.parse(text)).toEqual(batch.values[i]);
          }
        }
        reader.close();
      }));

    it('places rows in rising order', () =>
      withSource(contractRows, async (source) => {
        const { numbers, bytes } = await readRows(source.open());
        expect(numbers.every((number, index) => number > (numbers[index - 1] ?? 0))).toBe(true);
        const known = bytes.filter((byte) => byte !== null);
        expect(known.every((byte, index) => index === 0 || byte > (known[index - 1] ?? 0))).toBe(true);
      }));

    it('reads on from every position exactly what is left', () =>
      withSource(contractRows, async (source) => {
        const { positions, numbers } = await readRows(source.open());
        for (const [index, position] of positions.entries()) {
          const stored = JSON.parse(JSON.stringify(position)) as RowPosition;
          expect(stored.rows).toBe(index + 1);
          const rest = await readRows(source.open(stored));
          expect(rest.values).toEqual(contractRows.slice(index + 1));
          expect(rest.numbers).toEqual(numbers.slice(index + 1));
          expect(rest.positions).toEqual(positions.slice(index + 1));
        }
      }));

    it('lets several readers take turns', () =>
      withSource(contractRows, async (source) => {
        const first = source.open();
        await first.next();
        expect((await readRows(source.open())).values).toEqual(contractRows);
        first.close();
      }));

    it('can be closed early and twice', () =>
      withSource(contractRows, async (source) => {
        const reader = source.open();
        await reader.next();
        reader.close();
        reader.close();
        expect(await reader.next()).toBe(null);
      }));

    it('says how far it is', () =>
      withSource(contractRows, async (source) => {
        const reader = source.open();
        while ((await reader.next()) !== null);
        expect(reader.bytesRead).toBe(source.bytes);
        expect(await reader.next()).toBe(null);
        reader.close();
      }));

    it('is fine without rows', () =>
      withSource([], async (source) => {
        expect((await readRows(source.open())).values).toEqual([]);
      }));
  });
}

interface ReadRows {
  readonly values: readonly unknown[];
  readonly numbers: readonly number[];
  readonly bytes: readonly (number | null)[];
  readonly positions: readonly RowPosition[];
}

async function readRows(reader: RowReader): Promise<ReadRows> {
  const values: unknown[] = [];
  const numbers: number[] = [];
  const bytes: (number | null)[] = [];
  const positions: RowPosition[] = [];
  for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
    if (batch.count === 0 || batch.count !== batch.values.length) throw new Error('a batch of the wrong size');
    for (let i = 0; i < batch.count; i++) {
      const place = batch.place(i);
      values.push(batch.values[i]);
      numbers.push(place.number);
      bytes.push(place.byte);
      positions.push(batch.positionAfter(i));
    }
  }
  reader.close();
  return { values, numbers, bytes, positions };
}

const contractRows: readonly ContractRow[] = Array.from({ length: 40 }, (_, index) => ({
  id: `row-${index}`,
  ['__proto__']: index % 3 === 0 ? 'polluted' : 'x',
  text: ['plain', 'with "quotes", and commas', 'ü€😀', 'two\nlines', ' spaces '][index % 5] ?? '',
  long: 'x'.repeat((index * 37) % 200),
}));
