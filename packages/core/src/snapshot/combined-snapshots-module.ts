import { combineSnapshots, type CombinedLocation } from './combine-snapshots.js';
import type { SnapshotSource } from './snapshot-source.js';

/** Opens the sources that a locator names, in this thread. */
export default async function openFromLocation({ locators }: CombinedLocation): Promise<SnapshotSource> {
  const sources: SnapshotSource[] = [];
  for (const { module, options } of locators) {
    const { default: open } = (await import(module)) as {
      readonly default: (options: unknown) => SnapshotSource | Promise<SnapshotSource>;
    };
    sources.push(await open(options));
  }
  return combineSnapshots(sources);
}
