/** What a sample of rows says about one column, under its dotted path. */
export interface ColumnFacts {
  readonly name: string;
  /** Rows that have it with a value other than null. */
  readonly present: number;
  readonly texts: number;
  readonly integers: number;
  /** Different values, counted up to `distinctLimit`. */
  readonly distinct: number;
  /** Texts in ISO 8601 form. */
  readonly isoTimes: number;
  readonly smallest: number;
  readonly largest: number;
}

export const distinctLimit = 20_000;
const deepest = 3;
const mostColumns = 200;

interface Tally {
  present: number;
  texts: number;
  integers: number;
  isoTimes: number;
  smallest: number;
  largest: number;
  readonly values: Set<unknown>;
}

const isoTime = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d|$)/;

/** Collects facts over rows; nested objects are looked into three levels deep. */
export function createColumnTally() {
  const columns = new Map<string, Tally>();

  function see(row: object, prefix: string, depth: number): void {
    for (const [name, value] of Object.entries(row) as [string, unknown][]) {
      const path = prefix + name;
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        if (depth < deepest) see(value, `${path}.`, depth + 1);
      } else if (value !== null) {
        count(path, value);
      }
    }
  }

  function count(path: string, value: unknown): void {
    let tally = columns.get(path);
    if (tally === undefined) {
      if (columns.size >= mostColumns) return;
      tally = {
        present: 0,
        texts: 0,
        integers: 0,
        isoTimes: 0,
        smallest: Infinity,
        largest: -Infinity,
        values: new Set(),
      };
      columns.set(path, tally);
    }
    tally.present++;
    if (tally.values.size < distinctLimit && typeof value !== 'object') tally.values.add(value);
    if (typeof value === 'string') {
      tally.texts++;
      if (isoTime.test(value)) tally.isoTimes++;
    }
    if (!Number.isSafeInteger(value)) return;
    tally.integers++;
    tally.smallest = Math.min(tally.smallest, value as number);
    tally.largest = Math.max(tally.largest, value as number);
  }

  return {
    see(row: unknown): void {
      if (typeof row === 'object' && row !== null && !Array.isArray(row)) see(row, '', 1);
    },
    facts(): ColumnFacts[] {
      return [...columns].map(([name, { values, ...tally }]) => ({ name, ...tally, distinct: values.size }));
    },
  };
}
