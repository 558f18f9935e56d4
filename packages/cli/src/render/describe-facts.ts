import type { PlanFacts, PlanTotals } from '@eventmend/core/engine';
import { countOf, formatCount, isoTime } from '../terminal/format.js';
import { safeText } from '../terminal/safe-text.js';
import { cutText } from '../terminal/text-width.js';

const unusableFacts: Readonly<Record<NonNullable<PlanFacts['unusable']>, string>> = {
  disagrees: 'it agrees with less than 99 % of what is known',
  'order-not-by-time': 'the events are not ordered by time, and no fact has a place among them',
  deduplicates: 'the worker remembers recent ids, and no fact says which those are',
};

/** What another system says of states, in words: how far it is right about what is known, and what becomes of it. */
export function describeFacts(facts: PlanFacts): {
  readonly agreement: string;
  readonly use: string;
  readonly contradictions: readonly string[];
} {
  const { rows, keys, agreement, unusable } = facts;
  const { known, agreeing } = agreement;
  const counts = [
    [rows.doubtful, 'doubtful, not used'],
    [rows.beforeBaseline, 'in front of the baseline'],
    [rows.outside, 'behind the target or all that is known'],
    [rows.repeated, 'said twice'],
    [rows.contradicting, 'of keys with a contradiction'],
    [rows.unfit, 'with no place in the state'],
    [rows.disbelieved, 'of lost stretches, not used'],
  ] as const;
  const rest = counts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  const used =
    unusable === null
      ? `${countOf(rows.used, 'fact')} ${rows.used === 1 ? 'sets' : 'set'} ${countOf(keys, 'key')}`
      : `no fact is used: ${unusableFacts[unusable]}`;
  return {
    agreement:
      known === 0
        ? 'nothing that is known can be compared with it'
        : `agrees with ${formatCount(agreeing)} of ${countOf(known, 'known state')}`,
    use: `${used}${rest.length === 0 ? '' : ` (${rest.join(', ')})`}`,
    contradictions: facts.contradictions.map(describeContradiction),
  };
}

function describeContradiction({ key, time, stated, rebuilt }: PlanFacts['contradictions'][number]): string {
  const short = (text: string): string => cutText(safeText(text), 60);
  const own = rebuilt === null ? 'has no state' : `is ${short(rebuilt)}`;
  return `${cutText(safeText(key), 40)} at ${isoTime(time)}: it says ${short(stated)}, rebuilt it ${own}`;
}

/** What became of the control totals of a source. */
export function describePlanTotals({ records, totals, held, agreeing, atTarget, unused }: PlanTotals): string {
  const parts = [
    ...(held > 0
      ? [`${formatCount(agreeing)} of ${formatCount(held)} say what the snapshots of their moment come to`]
      : []),
    ...(atTarget > 0 ? [`${formatCount(atTarget)} of the end, held against the result by verify`] : []),
    ...(unused > 0
      ? [`${formatCount(unused)} unused: of a moment that is that of no snapshot, nor of the target`]
      : []),
  ];
  const others = parts.length === 0 ? 'of snapshots that cannot be compared' : parts.join('; ');
  return `${countOf(totals, 'total')}${records === null ? '' : ` of ${safeText(records)}`}: ${others}`;
}
