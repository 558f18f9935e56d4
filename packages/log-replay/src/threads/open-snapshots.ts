import type { LogLocator, SnapshotSource } from '@eventmend/core';

/** Opens a source of snapshots in this thread; null where there is none. */
export async function openSnapshots(locator: LogLocator | null): Promise<SnapshotSource | null> {
  if (locator === null) return null;
  const { default: open } = (await import(locator.module)) as {
    default: (options: unknown) => SnapshotSource | Promise<SnapshotSource>;
  };
  return open(locator.options);
}
