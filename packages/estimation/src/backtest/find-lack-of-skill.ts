import { mean } from 'simple-statistics';
import type { BacktestErrors } from './run-backtest.js';
import type { MethodName } from '../methods/portfolio.js';

/**
 * Whether a method knows no more than the mean of all that is known: it knows more where its mean squared error is smaller in what is asked for, or
 * slot by slot (the skill score of Murphy 1988 against climatology). Null where it does, and where nothing ever varies;
 * otherwise the root mean squared errors of both.
 */
export function findLackOfSkill(
  { squares, slotSquares, climatology }: BacktestErrors,
  method: MethodName,
): { readonly error: number; readonly errorOfMean: number } | null {
  const [error, errorOfMean] = [mean(Array.from(squares.get(method)!)), mean(Array.from(climatology.squares))];
  const [ofSlot, ofSlotOfMean] = [
    mean(Array.from(slotSquares.get(method)!)),
    mean(Array.from(climatology.slotSquares)),
  ];
  if (error < errorOfMean || ofSlot < ofSlotOfMean || error === 0) return null;
  return { error: Math.sqrt(error), errorOfMean: Math.sqrt(errorOfMean) };
}
