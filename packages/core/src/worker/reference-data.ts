import { RecoveryError } from '../model/errors/recovery-error.js';
import { firstDifference } from '../model/json/first-difference.js';
import { freezeDeeply } from './freeze-deeply.js';
import { quoteKey } from './worker-failures.js';

/** Rows of reference data by key, each valid from some time on. */
export interface ReferenceTable {
  /** The value that was valid at a time (milliseconds; -Infinity finds rows without a beginning only), or undefined. */
  at(key: string, time: number): unknown;
}

export type ReferenceTables = Readonly<Record<string, ReferenceTable>>;

/** One row: the value of `key` from `validFrom` (milliseconds, -Infinity for always) until the key's next row. */
export interface ReferenceRow {
  readonly key: string;
  readonly validFrom: number;
  readonly value: unknown;
}

interface History {
  readonly times: number[];
  readonly values: unknown[];
}

/**
 * Puts rows in any order into a table. The values are frozen, since all events share them.
 * @throws RecoveryError `invalid-reference-data` when two rows give one key different values from the same time on.
 */
export function referenceTable(name: string, rows: Iterable<ReferenceRow>): ReferenceTable {
  const histories = new Map<string, History>();
  for (const { key, validFrom, value } of [...rows].sort((a, b) => compareTimes(a.validFrom, b.validFrom))) {
    freezeDeeply(value);
    const history = histories.get(key);
    if (history === undefined) {
      histories.set(key, { times: [validFrom], values: [value] });
    } else if (history.times.at(-1) !== validFrom) {
      history.times.push(validFrom);
      history.values.push(value);
    } else if (firstDifference(history.values.at(-1), value) !== null) {
      throw new RecoveryError(
        'invalid-reference-data',
        `reference table ${quoteKey(name)} gives key ${quoteKey(key)} two values from the same time on`,
        {
          hint: 'keep one row for each key and valid_from',
        },
      );
    }
  }
  return {
    at(key, time) {
      const history = histories.get(key);
      return history === undefined ? undefined : valueAt(history, time);
    },
  };
}

function valueAt({ times, values }: History, time: number): unknown {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) <= time) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? undefined : values[low - 1];
}

/** -Infinity minus itself is not a number, so no subtraction. */
function compareTimes(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
