import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { Plan } from '../../model/plan/plan.js';
import type { KeptLiveKeys } from '../../model/strategy/run-report.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { lanesOf, type ReplaySpec } from '../../engine/spec/replay-spec.js';
import type { RunStore } from '../../engine/store/run-store.js';
import { rowsOfScope } from '../../evidence/scope/rows-of-scope.js';

/**
 * Where events are lost whose keys nobody knows, a key of the live state that the run has no row of may live in them alone.
 * Such keys are kept as the live state has them, so that who puts the run in its place does not lose them: they are no part
 * of the run's state, its digest or its verification.
 * @returns null where no such events are lost, and where no live state is given
 */
export async function keepLiveKeys(
  { scope }: Plan,
  spec: ReplaySpec,
  store: RunStore,
  live: SnapshotSource | null,
  file: string,
): Promise<KeptLiveKeys | null> {
  if (live === null || !losesUnknownKeys(spec, store)) return null;
  const [described] = (await live.list()).snapshots;
  if (described === undefined) return null;
  const hash = createHash('sha256');
  const temporary = `${file}.tmp`;
  const fd = openSync(temporary, 'w');
  let keys = 0;
  try {
    for await (const { key, state } of rowsOfScope(live.rows(described.id), scope)) {
      if (store.state(key) !== undefined) continue;
      const line = `${JSON.stringify({ key, state })}\n`;
      hash.update(line);
      writeSync(fd, line);
      keys++;
    }
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  if (keys === 0) {
    rmSync(temporary);
    return null;
  }
  renameSync(temporary, file);
  return { keys, sha256: hash.digest('hex') };
}

/** True where a lane carries a mark on all of its keys: a hole, or a parked event that names none. */
function losesUnknownKeys(spec: ReplaySpec, store: RunStore): boolean {
  return lanesOf(spec).some(({ lane }) => {
    const laneStore = store.lane(lane);
    const floor = laneStore.provenance()[laneStore.head?.floor ?? -1] ?? [];
    return floor.some(({ kind }) => kind === 'hole' || kind === 'quarantine');
  });
}
