import type { Assessment } from '../../model/strategy/assessment.js';
import { fidelitiesFromWorst } from '../../model/provenance/provenance.js';

/**
 * The strategy that promises most, as far as is known without a plan: least is lost, then the best word for the result, then the
 * better tier. Null where none is feasible.
 * @param assessments the better tier first
 */
export function bestAssessment(assessments: readonly Assessment[]): Assessment | null {
  const feasible = assessments.filter(({ feasible }) => feasible);
  const [first, ...others] = feasible;
  if (first === undefined) return null;
  return others.reduce((best, other) => (compare(other, best) < 0 ? other : best), first);
}

function compare(a: Assessment, b: Assessment): number {
  const [lostA, lostB] = [lostOf(a), lostOf(b)];
  if (lostA !== lostB) return lostA - lostB;
  return rankOf(b) - rankOf(a);
}

function lostOf({ expectedLoss }: Assessment): number {
  return expectedLoss.kind === 'events' ? expectedLoss.events : Number.MAX_VALUE;
}

function rankOf({ bringsBack }: Assessment): number {
  return bringsBack === null ? -1 : fidelitiesFromWorst.indexOf(bringsBack.fidelity);
}
