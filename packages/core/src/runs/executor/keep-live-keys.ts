import { createHash } from 'node:crypto';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { asDiskRefusal } from '../../model/files/disk-refusal.js';
import { beginNewFile } from '../../model/files/new-file.js';
import type { Plan } from '../../model/plan/plan.js';
import type { KeptLiveKeys } from '../../model/strategy/run-report.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import type { ReplaySpec } from '../../engine/spec/replay-spec.js';
import { migrateState } from '../../worker/migrate-state.js';
import type { Worker } from '../../worker/worker.js';
import type { RunStore } from '../../engine/store/run-store.js';
import { holeReach } from '../../evidence/proof/hole-reach.js';
import { rowsOfScope } from '../../evidence/scope/rows-of-scope.js';

/**
 * Where events are lost whose keys nobody knows, a key of the live state that the run has no row of may live in them alone.
 * Such keys are kept as the live state has them, so that who puts the run in its place does not lose them: they are no part
 * of the run's state, its digest or its verification. So are the live values that were chosen over the run's own.
 * All are brought to the worker's version of the state.
 * @returns null where no such events are lost and none is chosen, and where no live state is given
 */
export async function keepLiveKeys(
  { scope }: Plan,
  spec: ReplaySpec,
  store: RunStore,
  live: SnapshotSource | null,
  worker: Worker,
  file: string,
  chosen: ReadonlySet<string>,
): Promise<KeptLiveKeys | null> {
  const { unnamed } = holeReach(spec, store);
  if (live === null || (!unnamed && chosen.size === 0)) return null;
  const [described] = (await live.list()).snapshots;
  if (described === undefined) return null;
  rmSync(file, { force: true }); // of an attempt before this one
  const made = beginNewFile(file);
  const hash = createHash('sha256');
  const descriptor = openSync(made.draft, 'wx');
  let keys = 0;
  try {
    for await (const { key, state } of rowsOfScope(live.rows(described.id), scope)) {
      const isChosen = chosen.has(key);
      if (!isChosen && (!unnamed || store.state(key) !== undefined)) continue;
      // The service may still write the form of an earlier version; whoever reads the run expects the worker's.
      const migrated = migrateState(worker, state, described.stateVersion, key);
      const line = `${JSON.stringify({ key, state: migrated, ...(isChosen && { chosen: true }) })}\n`;
      hash.update(line);
      writeFileSync(descriptor, line);
      keys++;
    }
    if (keys > 0) made.publish();
  } catch (error) {
    throw asDiskRefusal(error, file);
  } finally {
    closeSync(descriptor);
    made.discard();
  }
  if (keys === 0) return null;
  return { keys, ...(chosen.size > 0 && { chosen: chosen.size }), sha256: hash.digest('hex') };
}
