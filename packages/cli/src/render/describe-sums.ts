import type { PlannedSums } from '@eventmend/core/engine';
import { countOf, formatTime } from '../terminal/format.js';
import { safeText } from '../terminal/safe-text.js';
import { refusedEstimates } from './describe-choice.js';
import { formatMeasure } from './format-measure.js';

/** What the measures are likely to come to where no log is left, and of what that is told; nothing where none is. */
export function describeSums(sums: PlannedSums | undefined): string[] {
  if (sums === undefined) return [];
  return [...sums.measures.map(describeSum), describeHistoryOfSums(sums)];
}

/** What sums rest on, and how far that can be relied on. */
export function describeHistoryOfSums({ copies, from, to, step, at, fidelity }: PlannedSums): string {
  return `${fidelity}: by the history of ${countOf(copies, 'copy', 'copies')} of the states, ${formatTime(from)} to ${formatTime(to)}, carried on to the ${step} of ${formatTime(at)}; of single keys nothing is known since the last copy`;
}

/** Why a measure is not estimated. */
export function whyNoSum({ refused }: PlannedSums['measures'][number]): string {
  return refusedEstimates[refused ?? ''] ?? refused ?? 'no reason given';
}

function describeSum(of: PlannedSums['measures'][number]): string {
  const { measure, estimated, stated } = of;
  const name = `${safeText(measure)} over all keys`;
  const total = stated === undefined ? '' : `; a control total says ${stated.toLocaleString('en-US')}`;
  if (estimated === undefined) {
    return `${name} is not estimated: ${whyNoSum(of)}${total}`;
  }
  const { estimate, level, low, high, method, masks } = estimated;
  const [about, least, most] = [estimate, low, high].map((value) => formatMeasure(value, high - low));
  return `${name} ${about}, ${Math.round(level * 100)} %: ${least} to ${most} (${method}, tried on ${countOf(masks, 'known span')})${total}`;
}
