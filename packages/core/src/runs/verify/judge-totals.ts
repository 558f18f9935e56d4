import { isWithin, type ControlTotal } from '../../evidence/totals/control-total.js';
import type { Plan } from '../../model/plan/plan.js';
import type { VerificationCheck } from '../../model/strategy/verification.js';
import type { RunSummary } from '../report/summarise-run.js';

/**
 * Holds what was derived against the totals of the recovery's end. Where events are lost, a total that is another one shows how
 * much they made out, and no mistake: then it is told, and does not fail. Where records are said to have all of what is lost it
 * contradicts them.
 */
export function judgeTotals(
  totals: readonly ControlTotal[],
  measures: Readonly<Record<string, number>>,
  { totals: { unavailable, quarantined } }: RunSummary,
  { segments }: Pick<Plan, 'segments'>,
): readonly VerificationCheck[] {
  const isStoodIn = segments.every(
    ({ log, damaged, declared, stoodIn }) =>
      damaged !== true && (log !== null || declared !== undefined || stoodIn === true),
  );
  const isWhole = quarantined === 0 && (unavailable === 0 || isStoodIn);
  return totals.flatMap((total): readonly VerificationCheck[] => {
    if (total.at !== null) return [];
    const found = measures[total.measure] ?? NaN;
    const { measure, value, of } = total;
    const result = isWithin({ total, found }) ? 'passed' : isWhole ? 'failed' : 'not-checked';
    return [{ name: 'total', result, detail: { kind: 'total', measure, stated: value, found, of } }];
  });
}
