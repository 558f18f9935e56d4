import type { Plan } from '@eventmend/core';
import type { PlannedOff } from '@eventmend/core/engine';
import { countOf } from '../terminal/format.js';
import { safeText } from '../terminal/safe-text.js';
import { formatMeasure } from './format-measure.js';
import { joinWords } from './join-words.js';

/** What the measures come to by all that was drawn; the run itself holds one possibility. */
export function describeEnsemble(ensemble: NonNullable<Plan['estimates']>['ensemble']): string[] {
  if (ensemble === undefined) return [];
  const { members, donors, seed, sums, off } = ensemble;
  const drawn = `${countOf(members, 'possibility', 'possibilities')} from ${countOf(donors, 'stretch', 'stretches')} of the history (seed ${seed}); the run holds one of them`;
  return [
    ...sums.map(({ measure, estimate, level, low, high }) => {
      const [about, from, to] = [estimate, low, high].map((value) => formatMeasure(value, high - low));
      return `${safeText(measure)} over all keys ${about}, ${Math.round(level * 100)} %: ${from} to ${to}`;
    }),
    drawn,
    ...(off === undefined ? [] : describeOff(off)),
  ];
}

/** Whether one would better do nothing, measure by measure, so that a reader sees why. */
function describeOff(off: readonly PlannedOff[]): string[] {
  const told = off.map(({ measure, keys, run, live }) => {
    const words =
      live === 0
        ? 'the live one no further from what was drawn than the truth is likely to be'
        : `the live one by ${formatOff(live)}, as far as it lies from what was drawn`;
    return `${safeText(measure)} of a key (of ${countOf(keys, 'key')}) is expected to be off by ${formatOff(run)} in the run, ${words}`;
  });
  const nearer = off.filter(({ run, live }) => live < run).map(({ measure }) => safeText(measure));
  const advice =
    nearer.length === 0
      ? 'the estimate is expected to be nearer to what is right than the live state'
      : nearer.length === off.length
        ? 'doing nothing is expected to be nearer to what is right than this estimate'
        : `doing nothing is expected to be nearer in ${joinWords(nearer)}, the estimate in the rest`;
  return [...told, advice];
}

function formatOff(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 2 });
}
