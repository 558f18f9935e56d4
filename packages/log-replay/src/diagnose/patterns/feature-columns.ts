import type { FeatureRow, Field, Scalar } from './event-features.js';

/** One field of all rows, as numbers that can be counted quickly. */
export interface FeatureColumn {
  readonly field: Field;
  /** By row: number of the value among `values`; -1 where the event has none. */
  readonly codes: Int32Array;
  readonly values: readonly Scalar[];
  /** By row: the value where it is a number, else NaN. Null where no row has two different numbers. */
  readonly numbers: Float64Array | null;
}

/** Origins whose numbers are names: nothing is above or below them. */
const nominal: ReadonlySet<Field['origin']> = new Set(['deploy', 'day', 'hour', 'hour of day']);

export function featureColumns(rows: readonly FeatureRow[], fields: readonly Field[]): readonly FeatureColumn[] {
  const columns = fields.map((field) => ({
    field,
    codes: new Int32Array(rows.length).fill(-1),
    values: [] as Scalar[],
    known: new Map<Scalar, number>(),
    numbers: 0,
  }));
  rows.forEach(({ fields: numbers, values }, row) => {
    numbers.forEach((number, index) => {
      const column = columns[number]!;
      const value = values[index]!;
      let code = column.known.get(value);
      if (code === undefined) {
        code = column.values.push(value) - 1;
        column.known.set(value, code);
        if (typeof value === 'number') column.numbers++;
      }
      column.codes[row] = code;
    });
  });
  return columns.map(({ field, codes, values, numbers }) => ({
    field,
    codes,
    values,
    numbers: numbers < 2 || nominal.has(field.origin) ? null : numbersOf(codes, values),
  }));
}

function numbersOf(codes: Int32Array, values: readonly Scalar[]): Float64Array {
  const byCode = Float64Array.from(values, (value) => (typeof value === 'number' ? value : NaN));
  return Float64Array.from(codes, (code) => (code < 0 ? NaN : byCode[code]!));
}
