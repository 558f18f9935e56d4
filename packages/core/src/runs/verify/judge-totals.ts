import { isWithin, type ControlTotal, type HeldTotal } from '../../evidence/totals/control-total.js';
import type { HoleReach } from '../../evidence/proof/hole-reach.js';
import type { Plan } from '../../model/plan/plan.js';
import type { VerificationCheck } from '../../model/strategy/verification.js';
import type { RunSummary } from '../report/summarise-run.js';

const namedTotals = 5;

/** Totals with what they come to. */
export function heldTotals(totals: readonly ControlTotal[], found: readonly number[]): readonly HeldTotal[] {
  return totals.map((total, index) => ({ total, found: found[index] ?? NaN }));
}

/**
 * Judges what the totals of the recovery's end come to. Where events are lost that may belong to it, a total that is another one shows
 * how much they made out, and no mistake: then it is told, and does not fail. Where records are said to have all of what is lost, or
 * no loss reaches its keys, it contradicts what was derived.
 */
export function judgeTotals(
  held: readonly HeldTotal[],
  { totals: { unavailable, quarantined } }: RunSummary,
  { segments }: Pick<Plan, 'segments'>,
  reach: Pick<HoleReach, 'has'>,
): readonly VerificationCheck[] {
  const isStoodIn = segments.every(
    ({ log, damaged, declared, stoodIn }) =>
      damaged !== true && (log !== null || declared !== undefined || stoodIn === true),
  );
  const isWhole = quarantined === 0 && (unavailable === 0 || isStoodIn);
  const resultOf = (one: HeldTotal): VerificationCheck['result'] => {
    if (isWithin(one)) return 'passed';
    const { keys } = one.total;
    return isWhole || (keys !== undefined && !keys.some((key) => reach.has(key))) ? 'failed' : 'not-checked';
  };
  return [...bySource(held)].flatMap(([, group]): readonly VerificationCheck[] => {
    const [{ total }] = group;
    if (total.records === undefined)
      return group.map((one) => ({ name: 'total', result: resultOf(one), detail: alone(one) }));
    const results = group.map(resultOf);
    const result = (['failed', 'not-checked'] as const).find((worst) => results.includes(worst)) ?? 'passed';
    const others = group.filter((_, index) => results[index] !== 'passed');
    // Of those that fail, where some do: the others may lack lost events.
    const worst = group.filter((_, index) => results[index] === result && result !== 'passed');
    const detail = {
      kind: 'totals',
      measure: total.measure,
      of: total.of,
      totals: group.length,
      agreeing: group.length - others.length,
      first: worst.slice(0, namedTotals).map((one) => ({
        keys: one.total.keys ?? null,
        stated: one.total.value,
        found: one.found,
      })),
    } as const;
    return [{ name: 'total', result, detail }];
  });
}

function alone({ total: { measure, value, of, keys }, found }: HeldTotal): VerificationCheck['detail'] {
  return { kind: 'total', measure, stated: value, found, of, ...(keys !== undefined && { keys }) };
}

/** Those of the incident itself, then those of each source. */
function bySource(held: readonly HeldTotal[]): ReadonlyMap<string | undefined, [HeldTotal, ...HeldTotal[]]> {
  const groups = new Map<string | undefined, [HeldTotal, ...HeldTotal[]]>();
  for (const one of held) {
    const group = groups.get(one.total.records);
    if (group === undefined) groups.set(one.total.records, [one]);
    else group.push(one);
  }
  return groups;
}

/** Says of totals that they are held against nothing, a source each. */
export function judgeUnusedTotals(unused: readonly ControlTotal[]): readonly VerificationCheck[] {
  const groups = new Map<string, ControlTotal[]>();
  for (const total of unused) {
    const name = total.records ?? `of ${total.of ?? ''}`;
    groups.set(name, [...(groups.get(name) ?? []), total]);
  }
  return [...groups.values()].map((group) => ({
    name: 'total',
    result: 'not-checked',
    detail: {
      kind: 'totals-unused',
      of: group[0]?.of ?? null,
      totals: group.length,
      first: Math.min(...group.map(({ at }) => at ?? Infinity)),
    },
  }));
}
