import type { LogLocator } from '../../model/log/event-log.js';
import { noSuchSnapshot } from './memory-snapshots.js';
import { compareSnapshots } from '../../model/snapshots/snapshot-order.js';
import type {
  DamagedSnapshot,
  SnapshotDescription,
  SnapshotListing,
  SnapshotSource,
} from '../../model/snapshots/snapshot-source.js';

/** What the module of the locator takes: plain JSON. */
export interface CombinedLocation {
  readonly locators: readonly LogLocator[];
}

/** Several sources as one. Of two snapshots with one id the second is listed as damaged. */
export function combineSnapshots(sources: readonly SnapshotSource[]): SnapshotSource {
  const [only] = sources;
  if (only !== undefined && sources.length === 1) return only;
  let listing: Promise<{
    readonly found: SnapshotListing;
    readonly owners: ReadonlyMap<string, SnapshotSource>;
  }> | null = null;

  async function listAll() {
    const snapshots: SnapshotDescription[] = [];
    const damaged: DamagedSnapshot[] = [];
    const owners = new Map<string, SnapshotSource>();
    for (const source of sources) {
      const listed = await source.list();
      damaged.push(...listed.damaged);
      for (const description of listed.snapshots) {
        const { id, location } = description;
        const same = snapshots.find((other) => other.id === id);
        if (same !== undefined) {
          damaged.push({ location, reason: `its id ${JSON.stringify(id)} is that of ${same.location}` });
          continue;
        }
        snapshots.push(description);
        owners.set(id, source);
      }
    }
    return { found: { snapshots: snapshots.sort(compareSnapshots), damaged }, owners };
  }

  const locators = sources.flatMap(({ locator }) => locator ?? []);
  return {
    list: async () => (await (listing ??= listAll())).found,
    async *rows(id) {
      const owner = (await (listing ??= listAll())).owners.get(id);
      if (owner === undefined) throw noSuchSnapshot(id);
      yield* owner.rows(id);
    },
    ...(locators.length === sources.length && {
      locator: {
        module: new URL('./combined-snapshots-module.js', import.meta.url).href,
        options: { locators } satisfies CombinedLocation,
      },
    }),
  };
}
