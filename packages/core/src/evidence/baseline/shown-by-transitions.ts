import type { LiveErrorRate, WorkerCheck } from '../../model/plan/plan.js';
import type { PreparedInputs } from '../inputs/prepare-inputs.js';
import type { Transition } from '../proof/prove-transitions.js';
import { behindOnset } from '../proof/refuse-trusted-behind-onset.js';

/**
 * A healthy stretch that the worker reproduces checks it, whatever becomes of the snapshot in front of it: it did with those
 * events what the service did.
 */
export async function checkedByTransitions(
  check: WorkerCheck,
  transitions: readonly Transition[],
  prepared: PreparedInputs,
): Promise<WorkerCheck> {
  if (check.checked || check.failed === true) return check;
  const healthy: Transition[] = [];
  for (const transition of transitions) if (await isHealthy(transition, prepared)) healthy.push(transition);
  // A stretch without an event, or one that touches no key, shows nothing.
  const last = healthy.findLast(
    ({ finding, covered }) => finding.finding === 'proven' && covered !== null && covered.keys > 0,
  );
  if (last === undefined) return check;
  const keys = last.finding.keysCompared.toLocaleString('en-US');
  const { id } = last.to.description;
  return {
    checked: true,
    snapshot: id,
    reason: `from snapshot ${last.from.description.id} on it reproduces snapshot ${id} (${keys} of ${keys} keys)`,
  };
}

/** True where both ends are known to be from before the error. */
async function isHealthy({ to }: Transition, { situation, survey }: PreparedInputs): Promise<boolean> {
  const { onset } = situation.incident;
  const { takenAt } = to.description;
  return onset !== null && takenAt !== null && takenAt <= onset && (await behindOnset(to, survey, onset)) === null;
}

/** How often the service was wrong since the error began, where snapshots still show it; null where none does. */
export async function liveErrorRate(
  transitions: readonly Transition[],
  prepared: PreparedInputs,
): Promise<LiveErrorRate | null> {
  let wrongKeys = 0;
  let events = 0;
  for (const transition of transitions) {
    const { finding, offsets } = transition;
    if (finding.finding !== 'proven' && finding.finding !== 'differs') continue;
    if (await isHealthy(transition, prepared)) continue;
    wrongKeys += finding.keysDiffering;
    events += offsets;
  }
  return events === 0 ? null : { wrongKeys, events };
}
