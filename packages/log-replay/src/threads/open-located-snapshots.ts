import { RecoveryError, type LogLocator, type SnapshotRow } from '@eventmend/core';
import { openSnapshots } from './open-snapshots.js';

/** Opens snapshots anew in this thread; without a locator there are none to be read. */
export async function openLocatedSnapshots(
  locator: LogLocator | null,
): Promise<(id: string) => AsyncIterable<SnapshotRow>> {
  const snapshots = await openSnapshots(locator);
  if (snapshots === null) return noSnapshots;
  return (id) => snapshots.rows(id);
}

/** For proofs that compare with no snapshot. */
export function noSnapshots(id: string): never {
  throw new RecoveryError('EM5001', `there are no snapshots to read ${JSON.stringify(id)} from`, {
    hint: 'list the snapshots: eventmend assess',
  });
}
