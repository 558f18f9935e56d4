/** What a sample of rows says about one column, under its dotted path. */
export interface ColumnFacts {
  readonly name: string;
  /** Rows that have it with a value other than null. */
  readonly present: number;
  readonly texts: number;
  readonly integers: number;
  /** Integers, and texts that are one, as offsets are in JSON and everything is in CSV. */
  readonly wholes: number;
  /** Different values, counted up to `distinctLimit`. */
  readonly distinct: number;
  /** Texts in ISO 8601 form. */
  readonly isoTimes: number;
  /** Among the wholes. */
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
  wholes: number;
  isoTimes: number;
  smallest: number;
  largest: number;
  readonly values: Set<unknown>;
}

const wholeText = /^(?:0|[1-9]\d{0,15})$/;
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
        wholes: 0,
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
    const whole = typeof value === 'string' && wholeText.test(value) ? Number(value) : value;
    if (!Number.isSafeInteger(whole)) return;
    if (whole === value) tally.integers++;
    tally.wholes++;
    tally.smallest = Math.min(tally.smallest, whole as number);
    tally.largest = Math.max(tally.largest, whole as number);
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
