import { mean, sampleStandardDeviation } from 'simple-statistics';
import { steadyBaselines, type MethodName } from '../methods/portfolio.js';
import { enoughMasks } from './choose-masks.js';
import { findLackOfSkill } from './find-lack-of-skill.js';
import type { BacktestErrors } from './run-backtest.js';

/** So many standard errors are clear: one is the rule for one rival (Breiman, Friedman, Olshen & Stone 1984), and there are a dozen. */
const clearly = 2;
/** Fewer masks that do not overlap tell more of their place in the history than of the methods. */
const enoughApart = 8;

/**
 * The method with the smallest mean squared error among those that fill the slots no worse than the baseline. Errors are divided by
 * the size of what is expected, so that large masks do not decide alone. With fewer than 40 masks, or fewer than 8 that
 * do not overlap, nothing is compared, and the baseline stays. A steady one stays unless the paired differences are more than two standard
 * errors. Where the baseline could not fill every mask, the first method
 * that could takes its place; where what is chosen knows no more than the mean of everything, the best method that clearly
 * does.
 * @returns null where no method could fill every mask
 */
export function chooseMethod(errors: BacktestErrors, preferred: MethodName): MethodName | null {
  const { squares, slotSquares, scales, masks, independent } = errors;
  const isWhole = (name: MethodName) => squares.get(name)?.every((square) => square === square) === true;
  const whole = [...squares.keys()].filter(isWhole);
  const baseline = isWhole(preferred) ? preferred : (whole[0] ?? null);
  if (baseline === null || masks.length < enoughMasks) return baseline;
  const scaled = (name: MethodName) => Array.from(squares.get(name)!, (square, at) => square / scales[at]! ** 2);
  const slotError = (name: MethodName) => mean(Array.from(slotSquares.get(name)!));
  const smallest = (names: readonly MethodName[]) => {
    const byError = names.map((name) => ({ name, error: mean(scaled(name)) }));
    return byError.sort((a, b) => a.error - b.error)[0]?.name;
  };
  const least = steadyBaselines.has(baseline) ? clearly : -Infinity;
  const rivals = whole.filter(
    (name) =>
      independent >= enoughApart &&
      slotError(name) <= slotError(baseline) &&
      gainOver(scaled(baseline), scaled(name), independent) > least,
  );
  const chosen = smallest([baseline, ...rivals])!;
  if (findLackOfSkill(errors, chosen) === null) return chosen;
  // One that knows no more than the mean of everything is none: the best that knows more takes its place.
  return smallest(whole.filter((name) => beatsMeanClearly(errors, name))) ?? chosen;
}

/** By more than two standard errors, in what is asked for or slot by slot. */
function beatsMeanClearly(
  { squares, slotSquares, climatology, independent }: BacktestErrors,
  name: MethodName,
): boolean {
  return (
    gainOver(climatology.squares, squares.get(name)!, independent) > clearly ||
    gainOver(climatology.slotSquares, slotSquares.get(name)!, independent) > clearly
  );
}

/** Mean of paired differences in standard errors of as many as do not overlap; 0 where there is no difference. */
function gainOver(reference: ArrayLike<number>, errors: ArrayLike<number>, independent: number): number {
  const gains = Array.from(reference, (of, at) => of - errors[at]!);
  const gain = mean(gains);
  return gain === 0 ? 0 : gain / (sampleStandardDeviation(gains) / Math.sqrt(independent));
}
