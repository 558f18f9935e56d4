import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { examineCheckpoints } from './examine-checkpoints.js';
import { chooseExpired, type KeepingPolicy } from './choose-expired.js';
import { CheckpointLog } from '../store/checkpoint-log.js';
import { LiveStore } from '../store/live-store.js';

export interface PrunedCheckpoints {
  /** Ids of those that were removed, or would be, the oldest first. */
  readonly removed: readonly string[];
  readonly bytes: number;
  /** Damaged ones stay: whoever prunes them decides that by hand. */
  readonly damaged: readonly string[];
}

/**
 * Removes the whole checkpoints that a policy has no use for; never the newest whole one, the last proven one, or what a
 * kept one stands on.
 * @param options.apply false to tell what would be removed
 */
export function pruneCheckpoints(
  folder: string,
  policy: KeepingPolicy,
  options: { readonly apply: boolean; readonly now: number },
): PrunedCheckpoints {
  const { checkpoints } = examineCheckpoints(folder, { deep: true });
  const whole = checkpoints.filter(({ problem }) => problem === null);
  const expired = new Set(
    chooseExpired(
      whole.map(({ id, header, proven }) => ({
        id,
        base: header?.base?.id ?? null,
        takenAt: Date.parse(header?.taken_at ?? ''),
        proven: proven !== null,
      })),
      policy,
      options.now,
    ),
  );
  // What a damaged one stands on may be all that is left to mend it by.
  for (const { header, problem } of checkpoints)
    if (problem !== null && header?.base != null) expired.delete(header.base.id);
  const removed = whole.filter(({ id }) => expired.has(id));
  if (options.apply) {
    noteRemoved(folder, expired);
    for (const { file } of removed) rmSync(file, { force: true });
  }
  return {
    removed: removed.map(({ id }) => id),
    bytes: removed.reduce((sum, { bytes }) => sum + bytes, 0),
    damaged: checkpoints.filter(({ problem }) => problem !== null).map(({ id }) => id),
  };
}

/** A store that lists them must not take them for lost, or build the next one on one of them. */
function noteRemoved(folder: string, ids: ReadonlySet<string>): void {
  const file = join(folder, 'live.sqlite');
  if (ids.size === 0 || !existsSync(file)) return;
  const store = new LiveStore(file, { create: false, busyMs: 5000 });
  try {
    const log = new CheckpointLog(store);
    store.inTransaction(() => {
      for (const { id, number } of log.all()) if (ids.has(id)) log.drop(number);
    });
  } finally {
    store.close();
  }
}
