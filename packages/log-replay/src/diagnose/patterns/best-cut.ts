import type { Nearest } from './round-cut.js';

/** A cut through numbers, and how many lie on its side. */
export interface Cut {
  readonly cut: number;
  readonly faults: number;
  readonly background: number;
  readonly strength: number;
}

/** A rounder cut is preferred that is weaker by no more than this, and takes in all of the same faulty events. */
const nearlyAsStrong = 0.98;

/** The numbers of some rows, rising. */
export function risingNumbers(numbers: Float64Array, rows: readonly number[]): Float64Array {
  const found = new Float64Array(rows.length);
  let count = 0;
  for (const row of rows) {
    const value = numbers[row]!;
    if (!Number.isNaN(value)) found[count++] = value;
  }
  return found.subarray(0, count).sort();
}

/**
 * The strongest cut over all numbers that occur: `at least` takes in the numbers from the cut on, `below` those under it.
 *
 * @param faults numbers of the faulty events, rising
 * @param background numbers of the background, rising
 * @param weigh strength of so many faulty events against so many of the background; 0 for none
 * @param round gives the roundest number above the first and at most the second, and of several the one nearest to the faulty events
 */
export function bestCut(
  is: 'at least' | 'below',
  faults: Float64Array,
  background: Float64Array,
  weigh: (faults: number, background: number) => number,
  round: (below: number, upTo: number, nearest: Nearest) => number,
): Cut | null {
  const steps = sweep(faults, background);
  const sideOf = ({ a, b }: Step): readonly [number, number] =>
    is === 'below' ? [a, b] : [faults.length - a, background.length - b];
  let best = -1;
  let strength = 0;
  steps.forEach((step, index) => {
    const found = weigh(...sideOf(step));
    if (found > strength) [best, strength] = [index, found];
  });
  const strongest = steps[best];
  if (strongest === undefined) return null;

  // Away from the faulty events, as far as it costs nearly nothing: there the cut may stand anywhere.
  const away = is === 'below' ? 1 : -1;
  let furthest = best;
  for (let index = best + away; ; index += away) {
    const step = steps[index];
    if (step?.a !== strongest.a || weigh(...sideOf(step)) < nearlyAsStrong * strength) break;
    furthest = index;
  }
  const [low, high] = is === 'below' ? [strongest, steps[furthest]!] : [steps[furthest]!, strongest];
  const cut = round(low.before, high.value, is === 'below' ? 'lowest' : 'highest');
  const chosen = steps.slice(Math.min(best, furthest), Math.max(best, furthest) + 1).find(({ value }) => cut <= value)!;
  const [inFaults, inBackground] = sideOf(chosen);
  return { cut, faults: inFaults, background: inBackground, strength: weigh(inFaults, inBackground) };
}

/** A place between two neighbouring numbers: below it lie a of the faulty events and b of the background. */
interface Step {
  readonly before: number;
  readonly value: number;
  readonly a: number;
  readonly b: number;
}

function sweep(faults: Float64Array, background: Float64Array): readonly Step[] {
  const steps: Step[] = [];
  let [a, b] = [0, 0];
  let before = NaN;
  while (a < faults.length || b < background.length) {
    const value = Math.min(faults[a] ?? Infinity, background[b] ?? Infinity);
    if (a + b > 0) steps.push({ before, value, a, b });
    while (faults[a] === value) a++;
    while (background[b] === value) b++;
    before = value;
  }
  return steps;
}
