import { mean, sampleStandardDeviation } from 'simple-statistics';
import { baselineMethod, type MethodName } from '../methods/portfolio.js';
import { enoughMasks } from './choose-masks.js';
import type { BacktestErrors } from './run-backtest.js';

/**
 * The method with the smallest mean squared error among those that beat the baseline clearly: by more than one standard error of
 * the paired differences (the one-standard-error rule of Breiman, Friedman, Olshen & Stone 1984, turned in favour of the
 * baseline). Errors are divided by the size of what the baseline expects, so that large masks do not decide alone. With fewer
 * than 40 masks nothing is compared, and the baseline stays. Where the baseline could not fill every mask, the first method
 * that could takes its place.
 * @returns null where no method could fill every mask
 */
export function chooseMethod({ squares, scales, masks }: BacktestErrors): MethodName | null {
  const isWhole = (name: MethodName) => squares.get(name)?.every((square) => square === square) === true;
  const whole = [...squares.keys()].filter(isWhole);
  const baseline = isWhole(baselineMethod) ? baselineMethod : (whole[0] ?? null);
  if (baseline === null || masks.length < enoughMasks) return baseline;
  const scaled = (name: MethodName) => Array.from(squares.get(name)!, (square, at) => square / scales[at]! ** 2);
  const ofBaseline = scaled(baseline);
  let chosen: MethodName = baseline;
  let smallest = mean(ofBaseline);
  for (const name of whole) {
    const errors = scaled(name);
    const gains = errors.map((square, at) => ofBaseline[at]! - square);
    const standardError = sampleStandardDeviation(gains) / Math.sqrt(gains.length);
    const error = mean(errors);
    if (mean(gains) <= standardError || error >= smallest) continue;
    [chosen, smallest] = [name, error];
  }
  return chosen;
}
