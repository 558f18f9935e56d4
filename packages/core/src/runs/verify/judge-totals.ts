import { isWithin, type ControlTotal } from '../../evidence/totals/control-total.js';
import type { VerificationCheck } from '../../model/strategy/verification.js';
import type { RunSummary } from '../report/summarise-run.js';

/**
 * Holds what was derived against the totals of the recovery's end. Where events are lost, a total that is another one shows how
 * much they made out, and no mistake: then it is told, and does not fail.
 */
export function judgeTotals(
  totals: readonly ControlTotal[],
  measures: Readonly<Record<string, number>>,
  { totals: { unavailable, quarantined } }: RunSummary,
): readonly VerificationCheck[] {
  const isWhole = unavailable + quarantined === 0;
  return totals.flatMap((total): readonly VerificationCheck[] => {
    if (total.at !== null) return [];
    const found = measures[total.measure] ?? NaN;
    const { measure, value, of } = total;
    const result = isWithin({ total, found }) ? 'passed' : isWhole ? 'failed' : 'not-checked';
    return [{ name: 'total', result, detail: { kind: 'total', measure, stated: value, found, of } }];
  });
}
