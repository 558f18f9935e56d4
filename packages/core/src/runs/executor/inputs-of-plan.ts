import { prepareInputs, type PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import type { RecoveryInputs, ReplayLog } from '../../evidence/inputs/recovery-inputs.js';
import type { Plan } from '../../model/plan/plan.js';
import { openArchive } from '../../sources/archive/open-archive.js';

/**
 * Prepares the inputs of a plan for as long as `act` takes: those of the incident, and behind its logs the stand-ins that
 * the plan has made of the records of other systems, the estimates that it was given, and facts.
 * @throws RecoveryError `unreadable-archive` where the stand-ins are gone
 */
export async function withInputsOfPlan<Result>(
  inputs: RecoveryInputs,
  { standIns = [], estimates, facts = [], logs }: Pick<Plan, 'standIns' | 'estimates' | 'facts' | 'logs'>,
  act: (prepared: PreparedInputs) => Promise<Result>,
): Promise<Result> {
  const opened: ReplayLog[] = [];
  try {
    for (const log of [...standIns, { log: estimates?.log ?? null }, ...facts].map((of) => of.log)) {
      if (log !== null) opened.push({ log: openArchive(logs[log]?.location ?? ''), as: 'external' });
    }
    const prepared = await prepareInputs(
      opened.length === 0 ? inputs : { ...inputs, logs: [...inputs.logs, ...opened] },
    );
    try {
      return await act(prepared);
    } finally {
      prepared.close();
    }
  } finally {
    for (const { log } of opened) log.close();
  }
}
