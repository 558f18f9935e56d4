import { baselineRows } from '../../engine/replay/baseline-rows.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { BaselineRow } from '../../engine/store/run-store.js';
import type { KeyScope, Plan } from '../../model/plan/plan.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import type { Worker } from '../../worker/worker.js';
import { rowsOfScope } from '../../evidence/scope/rows-of-scope.js';

/** All states that the run begins with, part by part; none of keys outside of the plan's scope. */
export async function* baselineOfPlan(
  plan: Pick<Plan, 'baseline' | 'scope'>,
  source: SnapshotSource | null,
  worker: Worker,
): AsyncIterable<BaselineRow> {
  const { snapshots } = source === null ? { snapshots: [] } : await source.list();
  for (const [number, part] of plan.baseline.entries()) {
    const from = part.source;
    if (from.kind === 'genesis') continue;
    const description = snapshots.find(({ id }) => id === from.id);
    if (source === null || description === undefined) {
      throw new RecoveryError('invalid-snapshot', `the baseline snapshot ${from.id} is gone`, {
        hint: 'plan again: eventmend plan',
      });
    }
    const ofPlan = rowsOfScope(source.rows(from.id), plan.scope);
    const rows = inScope(ofPlan, part.scope, claimedElsewhere(plan, number));
    yield* baselineRows(rows, worker, description.stateVersion, number);
  }
}

function claimedElsewhere(plan: Pick<Plan, 'baseline'>, number: number): ReadonlySet<string> {
  return new Set(
    plan.baseline.flatMap((part, other) => (other !== number && part.scope.kind === 'keys' ? part.scope.keys : [])),
  );
}

async function* inScope<Row extends { readonly key: string }>(
  rows: AsyncIterable<Row>,
  scope: KeyScope,
  elsewhere: ReadonlySet<string>,
): AsyncIterable<Row> {
  const own = scope.kind === 'keys' ? new Set(scope.keys) : null;
  for await (const row of rows) {
    if (own === null ? !elsewhere.has(row.key) : own.has(row.key)) yield row;
  }
}
