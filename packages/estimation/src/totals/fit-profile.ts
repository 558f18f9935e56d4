import { RecoveryError } from '@eventmend/core';

/** What the slots from `from` to before `to` come to. */
export interface SpanTotal {
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/**
 * Fits a profile to totals of spans: the ratio of the result to the profile changes from slot to slot as little as it can, without
 * a step where one span ends and the next begins. Proportional first differences (Denton 1971, "Adjustment of monthly or quarterly
 * series to annual totals"; without a starting condition, Cholette 1984). Slots of no span follow their neighbours. The result may
 * be below zero where totals change wildly.
 * @param profile what another measure, or a usual week, says of each slot
 * @param totals in rising order, apart from each other
 * @throws RecoveryError `invalid-argument` for spans that overlap or lie outside, and for a total over a profile of nothing but zeros
 */
export function fitProfile(profile: ArrayLike<number>, totals: readonly SpanTotal[]): Float64Array {
  requireSpans(profile, totals);
  const pieces = piecesOf(profile.length, totals);
  const scale = scaleOf(profile);
  const slots = Float64Array.from(profile, (value) => value / scale);
  /*
   * The ratio r and its step v: v[t] = v[t-1] - force * profile[t], r[t+1] = r[t] + v[t], no step at either end. Unknown are r and v
   * at the start of each piece, and the force of each span. One shot over everything would lose its digits.
   */
  const unknowns = pieces.length * 3;
  const rows: number[][] = [];
  const equation = (entries: readonly (readonly [at: number, factor: number])[], right: number): void => {
    const row = new Array<number>(unknowns + 1).fill(0);
    for (const [at, factor] of entries) row[at]! += factor;
    row[unknowns] = right;
    rows.push(row);
  };
  equation([[1, 1]], 0);
  pieces.forEach(({ from, to, value }, piece) => {
    const [ratio, step, force] = [piece * 3, piece * 3 + 1, piece * 3 + 2];
    const [ofRatio, ofStep, ofForce] = [
      run(slots, from, to, 1, 0, 0),
      run(slots, from, to, 0, 1, 0),
      run(slots, from, to, 0, 0, 1),
    ];
    if (value === null) equation([[force, 1]], 0);
    else
      equation(
        [
          [ratio, ofRatio.sum],
          [step, ofStep.sum],
          [force, ofForce.sum],
        ],
        value / scale,
      );
    const isLast = piece === pieces.length - 1;
    const next = ratio + 3;
    equation([[step, ofStep.step], [force, ofForce.step], ...(isLast ? [] : [[next + 1, -1] as const])], 0);
    if (!isLast)
      equation(
        [
          [ratio, ofRatio.ratio],
          [step, ofStep.ratio],
          [force, ofForce.ratio],
          [next, -1],
        ],
        0,
      );
  });
  const solution = solve(rows);
  const fitted = new Float64Array(profile.length);
  pieces.forEach(({ from, to }, piece) => {
    const [ratio, step, force] = [solution[piece * 3]!, solution[piece * 3 + 1]!, solution[piece * 3 + 2]!];
    run(slots, from, to, ratio, step, force, (slot, value) => (fitted[slot] = value * scale));
  });
  return fitted;
}

interface Piece {
  readonly from: number;
  readonly to: number;
  /** Null between the spans. */
  readonly value: number | null;
}

function piecesOf(length: number, totals: readonly SpanTotal[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const total of totals) {
    if (total.from > at) pieces.push({ from: at, to: total.from, value: null });
    pieces.push(total);
    at = total.to;
  }
  if (at < length) pieces.push({ from: at, to: length, value: null });
  return pieces;
}

function run(
  profile: Float64Array,
  from: number,
  to: number,
  ratio: number,
  step: number,
  force: number,
  onValue?: (slot: number, value: number) => void,
): { readonly ratio: number; readonly step: number; readonly sum: number } {
  let sum = 0;
  for (let slot = from; slot < to; slot++) {
    const value = profile[slot]! * ratio;
    sum += value;
    onValue?.(slot, value);
    step -= force * profile[slot]!;
    ratio += step;
  }
  return { ratio, step, sum };
}

/** By elimination with the largest pivot of each column, rows weighted by their largest entry. */
function solve(rows: number[][]): readonly number[] {
  const size = rows.length;
  for (const row of rows) {
    const largest = row.slice(0, size).reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
    for (let at = 0; at <= size; at++) row[at]! /= largest;
  }
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = column + 1; row < size; row++) {
      const factor = rows[row]![column]! / rows[column]![column]!;
      if (factor === 0) continue;
      for (let at = column; at <= size; at++) rows[row]![at]! -= factor * rows[column]![at]!;
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    let rest = rows[row]![size]!;
    for (let at = row + 1; at < size; at++) rest -= rows[row]![at]! * solution[at]!;
    solution[row] = rest / rows[row]![row]!;
  }
  return solution;
}

function scaleOf(profile: ArrayLike<number>): number {
  let sum = 0;
  for (let slot = 0; slot < profile.length; slot++) sum += Math.abs(profile[slot]!);
  return sum / profile.length;
}

function requireSpans(profile: ArrayLike<number>, totals: readonly SpanTotal[]): void {
  let at = 0;
  const isUsable = totals.every(({ from, to, value }) => {
    const isInside = Number.isInteger(from) && Number.isInteger(to) && from >= at && from < to && to <= profile.length;
    at = to;
    return (
      isInside &&
      Number.isFinite(value) &&
      Array.from({ length: to - from }, (_, slot) => profile[from + slot]).some((entry) => entry !== 0)
    );
  });
  if (isUsable && totals.length > 0 && Array.from(profile).every(Number.isFinite)) return;
  throw new RecoveryError('invalid-argument', 'the profile cannot be fitted to these totals', {
    hint: 'give totals of spans in rising order that do not overlap, and a profile that is not zero all over a span',
  });
}
