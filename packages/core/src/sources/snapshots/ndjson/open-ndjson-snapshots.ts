import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isRecoveryError } from '../../../model/errors/recovery-error.js';
import { noSuchSnapshot } from '../memory-snapshots.js';
import { compareSnapshots } from '../../../model/snapshots/snapshot-order.js';
import type {
  SnapshotDescription,
  SnapshotListing,
  SnapshotRow,
  SnapshotSource,
} from '../../../model/snapshots/snapshot-source.js';
import { describeSnapshotFile, snapshotFileRows } from './read-snapshot-file.js';

export interface NdjsonSnapshotOptions {
  /** Source of positions that name none: the one of the log that the service read. '' by default. */
  readonly defaultSource?: string;
}

/** What the module of the locator takes: plain JSON. */
export interface NdjsonSnapshotLocation {
  readonly paths: readonly string[];
  readonly options: NdjsonSnapshotOptions;
}

/**
 * Snapshots in NDJSON files (plain, .gz, .zst): of a folder, all that end in `.ndjson` or `.jsonl`; or the named files.
 * Each file is read once to list it. Files that cannot be used, and paths that do not exist, are listed as damaged.
 */
export function openNdjsonSnapshots(
  path: string | readonly string[],
  options: NdjsonSnapshotOptions = {},
): SnapshotSource {
  const paths = (typeof path === 'string' ? [path] : path).map((one) => resolve(one));
  const defaultSource = options.defaultSource ?? '';
  let listing: Promise<SnapshotListing> | null = null;

  async function readAll(): Promise<SnapshotListing> {
    const snapshots: SnapshotDescription[] = [];
    const damaged: { location: string; reason: string }[] = [];
    for (const location of paths.flatMap((one) => snapshotFiles(one))) {
      try {
        const description = await describeSnapshotFile(location, defaultSource);
        const same = snapshots.find((other) => other.id === description.id);
        if (same === undefined) snapshots.push(description);
        else damaged.push({ location, reason: `its id ${JSON.stringify(description.id)} is that of ${same.location}` });
      } catch (error) {
        if (!isRecoveryError(error)) throw error;
        const reason = error.details['reason'];
        damaged.push({ location, reason: typeof reason === 'string' ? reason : error.message });
      }
    }
    return { snapshots: snapshots.sort(compareSnapshots), damaged };
  }

  async function* rows(id: string): AsyncGenerator<SnapshotRow> {
    const { snapshots } = await (listing ??= readAll());
    const found = snapshots.find((snapshot) => snapshot.id === id);
    if (found === undefined) throw noSuchSnapshot(id);
    yield* snapshotFileRows(found.location, defaultSource);
  }

  return {
    list: () => (listing ??= readAll()),
    rows,
    locator: {
      module: new URL('./ndjson-snapshots-module.js', import.meta.url).href,
      options: { paths, options } satisfies NdjsonSnapshotLocation,
    },
  };
}

/** The files that a path stands for, in the order of their names. */
function snapshotFiles(path: string): readonly string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  return readdirSync(path)
    .filter((name) => /\.(ndjson|jsonl)(\.gz|\.zst)?$/i.test(name))
    .sort()
    .map((name) => join(path, name));
}
