import { openLocator } from '../log/open-locator.js';
import { combineSnapshots, type CombinedLocation } from './combine-snapshots.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';

/** Opens the sources that a locator names, in this thread. */
export default async function openFromLocation({ locators }: CombinedLocation): Promise<SnapshotSource> {
  const sources: SnapshotSource[] = [];
  for (const locator of locators) sources.push(await openLocator(locator));
  return combineSnapshots(sources);
}
