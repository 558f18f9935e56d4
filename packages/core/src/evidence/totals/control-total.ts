import {
  absoluteDecimal,
  addDecimals,
  compareDecimals,
  negateDecimal,
  parseDecimal,
} from '../../model/records/decimal.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { Worker } from '../../worker/worker.js';
import { nearestName } from '../../worker/nearest-name.js';

/** What somebody else says that a measure of the worker comes to over all keys. */
export interface ControlTotal {
  /** A measure that the worker declares. */
  readonly measure: string;
  readonly value: number;
  /** How far the measure may be off, 0 for not at all. */
  readonly within: number;
  /** When it was so, in milliseconds: the moment of a snapshot. Null where the recovery ends. */
  readonly at: number | null;
  /** Who says so, for people; null where nobody is named. */
  readonly of: string | null;
  /** Over these keys alone; over all where absent. */
  readonly keys?: readonly string[];
  /** The name of the source that it is a row of; absent for one that the incident itself gives. */
  readonly records?: string;
}

/** A total and what it was held against. */
export interface HeldTotal {
  readonly total: ControlTotal;
  readonly found: number;
}

/** Numbers are compared as the decimals that they are written as: 0.4 is 0.1 from 0.3, and no hair more. */
export function isWithin({ total, found }: HeldTotal): boolean {
  const [stated, has, most] = [total.value, found, total.within].map((number) => parseDecimal(String(number)));
  if (stated == null || has == null || most == null) return false;
  return compareDecimals(absoluteDecimal(addDecimals(has, negateDecimal(stated))), most) <= 0;
}

/**
 * Totals that are held against nothing: their moment is that of no snapshot, nor that of the target.
 * @param moments of the snapshots, in milliseconds
 */
export function unusedTotals(
  totals: readonly ControlTotal[],
  moments: ReadonlySet<number>,
  target: number | null,
): readonly ControlTotal[] {
  return totals.filter(({ at }) => at !== null && at !== target && !moments.has(at));
}

/** @throws RecoveryError `invalid-configuration` for a total of a measure that the worker does not have */
export function requireMeasures(totals: readonly ControlTotal[], worker: Worker): void {
  const known = Object.keys(worker.measures ?? {});
  const unknown = totals.find(({ measure }) => !known.includes(measure));
  if (unknown === undefined) return;
  const nearest = nearestName(unknown.measure, known);
  throw new RecoveryError(
    'invalid-configuration',
    `the worker ${worker.name} has no measure ${JSON.stringify(unknown.measure)}, of which a total is given`,
    {
      hint:
        nearest !== null && nearest !== undefined
          ? `did you mean ${JSON.stringify(nearest)}?`
          : `it has ${known.length === 0 ? 'none: declare it under measures' : known.join(', ')}`,
    },
  );
}
