import type { Method } from '../methods/method.js';
import { referenceMethod, type MethodName } from '../methods/portfolio.js';
import type { HistorySource } from './masked-histories.js';
import { countApart } from './choose-masks.js';
import { errorSize } from './error-size.js';
import { meanMiss, missOf, quantityOf, squaredMiss, type Target } from './target.js';

/** How a method did over the masks of the selection. */
export interface MethodScore {
  readonly method: MethodName;
  /** Masks in which it had something to work with. Only methods that could fill all of them can be chosen. */
  readonly masks: number;
  /** Mean absolute error of what is asked for. */
  readonly meanError: number;
  /** The same over the mean of what stood in the masks; null where that is zero. */
  readonly relativeError: number | null;
  /** Root of the mean squared error. */
  readonly rootMeanSquare: number;
  /** Mean of estimate less truth. */
  readonly bias: number;
  /** Mean absolute error of a slot. */
  readonly meanSlotError: number;
}

/** Errors of all methods, by mask. */
export interface BacktestErrors {
  readonly masks: readonly number[];
  /** How many of the masks can be taken without two that overlap. */
  readonly independent: number;
  /** By method: squared errors of what is asked for, by mask; NaN where it could not fill one. */
  readonly squares: ReadonlyMap<MethodName, Float64Array>;
  /** Squared errors of the mean of all that is known, which knows no season and no level: of what is asked for, and of a slot. */
  readonly climatology: { readonly squares: Float64Array; readonly slotSquares: Float64Array };
  /** By method: mean squared error of a slot, by mask. */
  readonly slotSquares: ReadonlyMap<MethodName, Float64Array>;
  /** What one unit of error means in each mask: the size of what the mean of four slots expects there. */
  readonly scales: Float64Array;
  readonly scores: readonly MethodScore[];
}

/** Hides each mask, has every method fill it from the rest, and compares. */
export function runBacktest(
  histories: HistorySource,
  masks: readonly number[],
  methods: readonly (readonly [MethodName, Method])[],
  target: Target,
): BacktestErrors {
  const empty = () => new Float64Array(masks.length).fill(NaN);
  const tallies = new Map(methods.map(([name]) => [name, { squares: empty(), slots: empty(), sums: new Sums() }]));
  const climatology = { squares: empty(), slotSquares: empty() };
  const scales = new Float64Array(masks.length).fill(1);
  let [truthSum, length] = [0, 0];
  masks.forEach((start, index) => {
    const history = histories.ofMask(start);
    const truth = histories.truth(start);
    length = truth.length;
    truthSum += Math.abs(target === 'path' ? quantityOf(truth, target) / truth.length : quantityOf(truth, target));
    const flat = new Float64Array(truth.length).fill(history.profile.meanOfSlots);
    climatology.squares[index] = squaredMiss(flat, truth, target);
    climatology.slotSquares[index] = squaredMiss(flat, truth, 'path');
    for (const [name, method] of methods) {
      const path = method(history);
      if (path === null) continue;
      const { squares, slots, sums } = tallies.get(name)!;
      squares[index] = squaredMiss(path, truth, target);
      slots[index] = squaredMiss(path, truth, 'path');
      sums.add(
        missOf(path, truth, target),
        meanMiss(path, truth),
        quantityOf(path, target) - quantityOf(truth, target),
      );
      if (name === referenceMethod) scales[index] = errorSize(path, history, target);
    }
  });
  const scores = [...tallies]
    .filter(([, { sums }]) => sums.count > 0)
    .map(([method, { squares, sums }]) => scoreOf(method, squares, sums, truthSum / masks.length));
  return {
    masks,
    independent: countApart(masks, length),
    squares: new Map([...tallies].map(([name, { squares }]) => [name, squares])),
    slotSquares: new Map([...tallies].map(([name, { slots }]) => [name, slots])),
    ...{ climatology, scales, scores },
  };
}

class Sums {
  count = 0;
  misses = 0;
  slotMisses = 0;
  differences = 0;

  add(miss: number, slotMiss: number, difference: number): void {
    this.count++;
    this.misses += miss;
    this.slotMisses += slotMiss;
    this.differences += difference;
  }
}

function scoreOf(method: MethodName, squares: Float64Array, sums: Sums, meanTruth: number): MethodScore {
  const { count } = sums;
  const meanError = sums.misses / count;
  return {
    method,
    masks: count,
    meanError,
    relativeError: meanTruth > 0 ? meanError / meanTruth : null,
    rootMeanSquare: Math.sqrt(squares.reduce((sum, square) => sum + (square === square ? square : 0), 0) / count),
    bias: sums.differences / count,
    meanSlotError: sums.slotMisses / count,
  };
}
