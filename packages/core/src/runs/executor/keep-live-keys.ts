import { hash as hashOnce } from 'node:crypto';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
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
  const lines: string[] = [];
  for await (const { key, state } of rowsOfScope(live.rows(described.id), scope)) {
    if (store.state(key) === undefined) lines.push(`${JSON.stringify({ key, state })}\n`);
  }
  if (lines.length === 0) return null;
  const text = lines.join('');
  writeFileDurably(file, text);
  return { keys: lines.length, sha256: hashOnce('sha256', text) };
}

/** True where a lane carries a mark on all of its keys: a hole, or a parked event that names none. */
function losesUnknownKeys(spec: ReplaySpec, store: RunStore): boolean {
  return lanesOf(spec).some(({ lane }) => {
    const laneStore = store.lane(lane);
    const floor = laneStore.provenance()[laneStore.head?.floor ?? -1] ?? [];
    return floor.some(({ kind }) => kind === 'hole' || kind === 'quarantine');
  });
}
