import type { Plan } from '../../model/plan/plan.js';
import type { PreparedInputs } from './prepare-inputs.js';

/** Under this name a recorded order stands among the files that a plan depends on; no lookup can be called so. */
const recordedOrderName = '(recorded order)';

/** The files besides log and worker that decide the result, each pinned by its digest. */
export function pinReferences({
  facts,
  recorded,
  situation,
}: Pick<PreparedInputs, 'facts' | 'recorded' | 'situation'>): Plan['references'] {
  if (recorded === null || situation.order.by !== 'recorded') return facts.references;
  return { ...facts.references, [recordedOrderName]: { location: situation.order.file, digest: recorded.digest } };
}
