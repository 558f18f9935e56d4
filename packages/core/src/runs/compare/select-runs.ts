import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { Plan } from '../../model/plan/plan.js';
import { samePosition } from '../../model/position/position.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import { targetOnLog } from '../../evidence/stop-position/target-on-log.js';
import { isFinished } from '../executor/recover-run.js';
import type { RunCatalogue } from '../sqlite/run-catalogue.js';
import { listRunIds } from '../sqlite/run-folder.js';
import type { RunLeftOut } from './comparison.js';

/** A run that can be compared. */
export interface SelectedRun {
  readonly plan: Plan;
  readonly report: RunReport;
}

export interface SelectedRuns {
  readonly runs: readonly SelectedRun[];
  readonly leftOut: readonly RunLeftOut[];
}

interface Wanted {
  readonly store: string;
  /** Name of the incident, and the hash of its worker. */
  readonly incident: string;
  readonly workerHash: string;
  /** All of the store where null: those that cannot be compared are left out then. */
  readonly named: readonly string[] | null;
}

/**
 * The runs to compare.
 * @throws RecoveryError for a run that is named and cannot be compared: `run-not-found`, `operation-not-allowed` for one that has not
 *   ended or is of another incident, `stale-plan` for one of another worker; `not-comparable` where there is no run, or they do not
 *   all end at one position
 */
export function selectRuns(catalogue: RunCatalogue, { store, named, ...wanted }: Wanted): SelectedRuns {
  const leftOut: RunLeftOut[] = [];
  const runs: SelectedRun[] = [];
  for (const runId of named === null ? listRunIds(store) : new Set(named)) {
    const report = catalogue.report(runId);
    const plan = catalogue.plan(runId);
    const reason = whyNot(plan, report, wanted);
    if (reason === null && report !== null) runs.push({ plan, report });
    else if (named === null) leftOut.push({ runId, reason: reason ?? 'not-ended' });
    else throw unusable(runId, reason ?? 'not-ended', plan, wanted.incident);
  }
  // A trial with a few keys would limit the comparison of all others to them.
  const whole = runs.filter(({ plan }) => plan.scope === undefined);
  const isTrial = ({ plan }: SelectedRun) => named === null && whole.length > 0 && plan.scope !== undefined;
  const compared = runs.filter((run) => !isTrial(run));
  for (const { report } of runs.filter(isTrial)) leftOut.push({ runId: report.runId, reason: 'limited-to-keys' });
  if (compared.length === 0) throw noRuns(leftOut);
  refuseOtherTargets(compared);
  return { runs: compared, leftOut };
}

function whyNot(
  { incident, worker }: Plan,
  report: RunReport | null,
  wanted: Pick<Wanted, 'incident' | 'workerHash'>,
): RunLeftOut['reason'] | null {
  if (incident.name !== wanted.incident) return 'another-incident';
  if (report === null || !isFinished(report)) return 'not-ended';
  return worker.hash === wanted.workerHash ? null : 'another-worker';
}

function unusable(
  runId: string,
  reason: RunLeftOut['reason'],
  { incident, worker }: Plan,
  name: string,
): RecoveryError {
  const details = { run: runId };
  switch (reason) {
    case 'another-worker':
      return new RecoveryError('stale-plan', `the worker ${worker.name} was changed since run ${runId}`, {
        hint: 'states are compared as one worker sees them: put the worker back, or plan and recover again',
        details,
      });
    case 'another-incident':
      return new RecoveryError(
        'operation-not-allowed',
        `run ${runId} is of the incident ${JSON.stringify(incident.name)}, not of ${JSON.stringify(name)}`,
        { hint: 'only runs of one incident can be compared: name its incident file', details },
      );
    default:
      return new RecoveryError('operation-not-allowed', `run ${runId} has not ended; a part of a state is no state`, {
        hint: `eventmend resume ${runId}`,
        details,
      });
  }
}

function noRuns(leftOut: readonly RunLeftOut[]): RecoveryError {
  const others = leftOut.map(({ runId, reason }) => `${runId} (${reason})`).join(', ');
  return new RecoveryError(
    'not-comparable',
    others === '' ? 'there is no run to compare' : `there is no run that can be compared; not ${others}`,
    { hint: 'eventmend compare --recover-missing recovers with every strategy first, or eventmend recover with one' },
  );
}

/** Values of different moments are different for a reason that is no error. */
function refuseOtherTargets(runs: readonly SelectedRun[]): void {
  const groups: SelectedRun[][] = [];
  for (const run of runs) {
    const same = groups.find(([first]) => first !== undefined && endTogether(first.plan, run.plan));
    if (same === undefined) groups.push([run]);
    else same.push(run);
  }
  if (groups.length === 1) return;
  const named = groups.map((group) => {
    const ids = group.map(({ report }) => report.runId);
    const stops = targetOnLog((group[0] as SelectedRun).plan).map(({ partition, next }) => `p${partition}@${next}`);
    return `${ids.join(' and ')} at ${stops.slice(0, 4).join(' ')}${stops.length > 4 ? ' …' : ''}`;
  });
  throw new RecoveryError('not-comparable', `the runs do not end at the same position: ${named.join('; ')}`, {
    hint: `name those that do: eventmend compare --runs ${groups[0]?.map(({ report }) => report.runId).join(' ') ?? ''}`,
  });
}

function endTogether(a: Plan, b: Plan): boolean {
  return samePosition(targetOnLog(a), targetOnLog(b));
}
