import { findContradiction } from '../totals/find-contradiction.js';
import { totalOf } from '../totals/linear-total.js';
import type { ExplainedPeriod } from './explain-gap.js';
import { totalName, type PeriodTotal } from './period-total.js';

/** Totals that say two things of one and the same period; none where each period has one. */
export function conflictingTotals(totals: readonly PeriodTotal[]): readonly string[] {
  const byPeriod = new Map<string, PeriodTotal[]>();
  for (const total of totals) {
    const period = `${total.from} ${total.to}`;
    byPeriod.set(period, [...(byPeriod.get(period) ?? []), total]);
  }
  for (const same of byPeriod.values()) {
    if (new Set(same.map(({ total }) => total.amount)).size > 1)
      return same.map((total) => `${totalName(total)}: ${total.total.amount}`);
  }
  return [];
}

/** Totals of periods within each other that leave no amounts for the slots of the gap; none where all can hold. */
export function contradictingTotals(periods: readonly ExplainedPeriod[], isNonNegative: boolean): readonly string[] {
  const named = new Map(periods.map(({ total }) => [totalName(total), total]));
  const totals = periods.flatMap(({ total, span, result }) => {
    if (result.status !== 'exact') return [];
    const slots = Array.from({ length: span.to - span.from }, (_, at) => span.from + at);
    return [totalOf(totalName(total), slots, Number(result.missing.amount))];
  });
  return findContradiction(totals, { isNonNegative }).map((name) => `${name}: ${named.get(name)!.total.amount}`);
}
