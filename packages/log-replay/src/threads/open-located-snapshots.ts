import { RecoveryError, type LogLocator, type SnapshotRow, type SnapshotSource } from '@eventmend/core';

/** Opens snapshots anew in this thread; without a locator there are none to be read. */
export async function openLocatedSnapshots(
  locator: LogLocator | null,
): Promise<(id: string) => AsyncIterable<SnapshotRow>> {
  if (locator === null) return noSnapshots;
  const { default: open } = (await import(locator.module)) as {
    default: (options: unknown) => SnapshotSource | Promise<SnapshotSource>;
  };
  const snapshots = await open(locator.options);
  return (id) => snapshots.rows(id);
}

/** For proofs that compare with no snapshot. */
export function noSnapshots(id: string): never {
  throw new RecoveryError('EM5001', `there are no snapshots to read ${JSON.stringify(id)} from`, {
    hint: 'list the snapshots: eventmend assess',
  });
}
