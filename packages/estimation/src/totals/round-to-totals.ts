import { RecoveryError } from '@eventmend/core';
import { requireTotals, sumTerms, type LinearTotal } from './linear-total.js';

const nearlyWhole = 1e-9;

/**
 * Rounds values, each up or down, so that every total holds exactly: whole events, or cents. Values are moved along ways that leave
 * all totals as they are until they are whole, the smaller change first (controlled rounding: Cox 1987, "A constructive procedure
 * for unbiased controlled rounding", here over the null space of the totals). It always succeeds for totals of rows and columns,
 * and for totals that lie within or apart from each other.
 * @param values that agree with the totals, as `reconcile` gives them
 * @returns null where no way was found
 * @throws RecoveryError `invalid-argument` for totals that are not whole, or not over these values
 */
export function roundToTotals(values: ArrayLike<number>, totals: readonly LinearTotal[]): Float64Array | null {
  requireTotals(totals, values.length);
  const isWhole = totals.every(
    ({ value, terms }) => Number.isSafeInteger(value) && terms.every(({ factor = 1 }) => Number.isInteger(factor)),
  );
  if (!isWhole) {
    throw new RecoveryError('invalid-argument', 'totals to be rounded to are whole numbers, and so are their factors', {
      hint: 'count in the smallest unit, such as cents',
    });
  }
  const rounded = Float64Array.from(values);
  const columns = columnsOf(totals, rounded.length);
  /** Places of values that are not whole yet, whose columns depend on no other. */
  let free: number[] = [];
  for (let at = 0; at < rounded.length; at++) {
    settle(rounded, at);
    if (Number.isInteger(rounded[at]!)) continue;
    const weights = combine(
      free.map((place) => columns[place]!),
      columns[at]!,
    );
    if (weights === null) {
      free.push(at);
      continue;
    }
    const places = [...free, at];
    move(rounded, values, places, [...weights.map((weight) => -weight), 1]);
    free = places.filter((place) => !Number.isInteger(rounded[place]!));
  }
  // What is left follows from the totals.
  for (const place of free) rounded[place] = 0;
  const rest = Float64Array.from(totals, (total) => total.value - sumTerms(total, rounded));
  const last = combine(
    free.map((place) => columns[place]!),
    rest,
  );
  if (last === null) return null;
  free.forEach((place, at) => (rounded[place] = Math.round(last[at]!)));
  const isNear = rounded.every((value, at) => Math.abs(value - values[at]!) < 1 + 1e-6);
  return isNear && totals.every((total) => sumTerms(total, rounded) === total.value) ? rounded : null;
}

function columnsOf(totals: readonly LinearTotal[], length: number): readonly Float64Array[] {
  const columns = Array.from({ length }, () => new Float64Array(totals.length));
  totals.forEach(({ terms }, row) => {
    for (const { at, factor = 1 } of terms) columns[at]![row]! += factor;
  });
  return columns;
}

function settle(values: Float64Array, at: number): void {
  const near = Math.round(values[at]!);
  if (Math.abs(values[at]! - near) <= nearlyWhole * Math.max(1, Math.abs(near))) values[at] = near;
}

/** Moves along a direction, forwards or backwards, until a value is whole: the way that stays nearer to what was given. */
function move(
  values: Float64Array,
  given: ArrayLike<number>,
  places: readonly number[],
  direction: readonly number[],
): void {
  const reach = (sign: 1 | -1): number =>
    Math.min(
      ...places.map((place, at) => {
        const speed = sign * direction[at]!;
        if (Math.abs(speed) < nearlyWhole) return Infinity;
        const value = values[place]!;
        return speed > 0 ? (Math.ceil(value) - value) / speed : (value - Math.floor(value)) / -speed;
      }),
    );
  const change = (step: number): number =>
    places.reduce((sum, place, at) => sum + (values[place]! + step * direction[at]! - given[place]!) ** 2, 0);
  const [forwards, backwards] = [reach(1), -reach(-1)];
  const step = change(forwards) <= change(backwards) ? forwards : backwards;
  places.forEach((place, at) => {
    values[place]! += step * direction[at]!;
    settle(values, place);
  });
}

/** What the independent columns must be multiplied by to give the wanted one; null where they cannot. */
function combine(columns: readonly Float64Array[], wanted: Float64Array): number[] | null {
  const rows = Array.from(wanted, (right, row) => [...columns.map((column) => column[row]!), right]);
  const size = columns.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < rows.length; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]?.[column] ?? 0)) pivot = row;
    }
    const line = rows[pivot];
    if (line === undefined || Math.abs(line[column]!) < nearlyWhole) return null;
    [rows[pivot], rows[column]] = [rows[column]!, line];
    for (let row = 0; row < rows.length; row++) {
      const factor = rows[row]![column]! / line[column]!;
      if (row === column || factor === 0) continue;
      for (let at = column; at <= size; at++) rows[row]![at]! -= factor * line[at]!;
    }
  }
  const scale = wanted.reduce((most, entry) => Math.max(most, Math.abs(entry)), 1);
  if (rows.slice(size).some((row) => Math.abs(row[size]!) > 1e-7 * scale)) return null;
  return Array.from({ length: size }, (_, at) => rows[at]![size]! / rows[at]![at]!);
}
