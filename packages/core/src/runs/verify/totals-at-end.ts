import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import type { ControlTotal } from '../../evidence/totals/control-total.js';
import { targetMoment } from '../../evidence/totals/moments.js';
import type { Plan } from '../../model/plan/plan.js';

/** The control totals of the moment at which a run ends. */
export function totalsAtEnd({ situation: { totals = [] } }: PreparedInputs, plan: Plan): readonly ControlTotal[] {
  return totals.filter(({ at }) => at === null || at === targetMoment(plan));
}
