import { hash as hashOnce } from 'node:crypto';
import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import { lanesOf } from '../../engine/spec/replay-spec.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { examineSnapshots } from '../../evidence/proof/examine-snapshots.js';
import { expectRun } from '../../evidence/proof/replay-rate.js';
import type { Plan } from '../../model/plan/plan.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { Worker } from '../../worker/worker.js';
import { checkPlanIsCurrent } from '../executor/check-plan-is-current.js';
import { withInputsOfPlan } from '../executor/inputs-of-plan.js';
import { cutTasks } from './cut-tasks.js';
import { decideSpread, objectionToKeys } from './decide-spread.js';
import { writeFleet, type FleetFiles } from './fleet-folder.js';
import type { FleetPlan } from './fleet-plan.js';
import type { Spread, SpreadRefusal } from './spread.js';
import { surveyGroups } from './survey-groups.js';

export interface FleetRequest {
  readonly plan: Plan;
  readonly files: FleetFiles;
  /** How many at most; as many as there are partitions where absent, and for keys as well. */
  readonly tasks?: number;
}

export type PlannedFleet =
  { readonly fleet: FleetPlan; readonly refused: null } | { readonly fleet: null; readonly refused: SpreadRefusal };

/**
 * Decides whether a plan may be spread, and cuts it into tasks in a folder that all machines see. Reads all events once to
 * find out which keys they connect, unless the worker is partition-local or names one key an event.
 */
export async function planFleet(
  situation: RecoveryInputs,
  { plan, files, tasks }: FleetRequest,
  work: LongWork = {},
): Promise<PlannedFleet> {
  return withInputsOfPlan(situation, plan, async (prepared) => {
    await checkPlanIsCurrent(plan, prepared);
    const spec = specOfPlan(
      plan,
      prepared.survey.logs.map(({ description }) => description),
    );
    const deduplicates = prepared.facts.worker.deduplicate !== undefined;
    const isSpreadByKeys = plan.worker.locality !== 'partition' && objectionToKeys(plan, deduplicates) === null;
    const asksEvents = isSpreadByKeys && !namesOneKey(prepared.facts.worker);
    const surveyed = asksEvents ? await surveyGroups(prepared, spec, work) : null;
    const spread: Spread = decideSpread(plan, deduplicates, surveyed?.groups ?? null);
    if (spread.kind === 'refused') return { fleet: null, refused: spread.reason };
    if (surveyed?.connected === null) {
      return { fleet: null, refused: { kind: 'connected', groups: surveyed.groups, share: 1 } };
    }
    const connected = (surveyed?.connected ?? []).map(({ keys }) => keys);
    const groups = spread.kind === 'keys' ? JSON.stringify(connected) : null;
    const groupsFile = groups === null ? null : hashOnce('sha256', groups);
    const most = tasks ?? (spread.kind === 'partitions' ? lanesOf(spec).length : spec.partitions.length);
    const fleet = cutTasks(
      plan,
      spec,
      spread,
      most,
      (events) => expectRun(situation.store, plan.worker.hash, events),
      groupsFile,
    );
    const coverage = plan.workerCheck.checked ? (await examineSnapshots(prepared, 'coverage', work)).covered : null;
    writeFleet(files, plan, fleet, { groups, coverage });
    return { fleet, refused: null };
  });
}

/** Declared with `key`: such a worker cannot name two. */
function namesOneKey({ definition }: Worker): boolean {
  return typeof (definition as { readonly key?: unknown }).key === 'function';
}
