import { mean, sampleStandardDeviation } from 'simple-statistics';
import { baselineMethod, type MethodName } from '../methods/portfolio.js';
import { enoughMasks } from './choose-masks.js';
import { findLackOfSkill } from './find-lack-of-skill.js';
import type { BacktestErrors } from './run-backtest.js';

/** By so many standard errors the baseline must be beaten: one is the rule for one rival, and there are a dozen. */
const clearly = 2;

/**
 * The method with the smallest mean squared error among those that beat the baseline clearly: by more than two standard errors of
 * the paired differences (of as many masks as do not overlap; in the manner of the one-standard-error rule of Breiman, Friedman, Olshen & Stone 1984), without filling
 * the slots worse than it. Errors are divided by the size of what the baseline expects, so that large masks do not decide alone. With fewer
 * than 40 masks nothing is compared, and the baseline stays. Where the baseline could not fill every mask, the first method
 * that could takes its place; where the baseline knows no more than the mean of everything, the best method that clearly
 * does.
 * @param preferred the baseline
 * @returns null where no method could fill every mask
 */
export function chooseMethod(errors: BacktestErrors, preferred: MethodName = baselineMethod): MethodName | null {
  const { squares, slotSquares, scales, masks, independent } = errors;
  const isWhole = (name: MethodName) => squares.get(name)?.every((square) => square === square) === true;
  const whole = [...squares.keys()].filter(isWhole);
  const baseline = isWhole(preferred) ? preferred : (whole[0] ?? null);
  if (baseline === null || masks.length < enoughMasks) return baseline;
  const scaled = (name: MethodName) => Array.from(squares.get(name)!, (square, at) => square / scales[at]! ** 2);
  const slotError = (name: MethodName) => mean(Array.from(slotSquares.get(name)!));
  const ofBaseline = scaled(baseline);
  let chosen: MethodName = baseline;
  let smallest = mean(ofBaseline);
  for (const name of whole) {
    const ofName = scaled(name);
    const error = mean(ofName);
    if (
      gainOver(ofBaseline, ofName, independent) <= clearly ||
      error >= smallest ||
      slotError(name) > slotError(baseline)
    )
      continue;
    [chosen, smallest] = [name, error];
  }
  if (chosen !== baseline || findLackOfSkill(errors, baseline) === null) return chosen;
  // A baseline that knows no more than the mean of everything is none: the best that knows more takes its place.
  const skilled = whole.filter((name) => beatsMeanClearly(errors, name));
  return skilled.sort((a, b) => mean(scaled(a)) - mean(scaled(b)))[0] ?? baseline;
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
