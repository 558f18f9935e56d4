import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isRecoveryError } from '../../../model/errors/recovery-error.js';
import { noSuchSnapshot } from '../memory-snapshots.js';
import { compareSnapshots } from '../../../model/snapshots/snapshot-order.js';
import type {
  DamagedSnapshot,
  SnapshotDescription,
  SnapshotListing,
  SnapshotRow,
  SnapshotSource,
  UnlistedSnapshot,
} from '../../../model/snapshots/snapshot-source.js';
import { listedFile, listLayers, unchangedLayers, type ListedFile, type ListedLayers } from './listed-layers.js';
import { newestRows } from './newest-rows.js';
import {
  describedFileBatches,
  describeSnapshotFile,
  readSnapshotHeader,
  snapshotFileBatches,
  type DescribedFile,
} from './read-snapshot-file.js';

export interface NdjsonSnapshotOptions {
  /** Source of positions that name none: the one of the log that the service read. '' by default. */
  readonly defaultSource?: string;
  /**
   * Lists the newest alone, for a folder that stands for one state; all by default. Where a damaged file may be newer, none: an
   * older state is not the one that is meant.
   */
  readonly newestOnly?: boolean;
}

/** What the module of the locator takes: plain JSON. */
export interface NdjsonSnapshotLocation {
  readonly paths: readonly string[];
  readonly options: NdjsonSnapshotOptions;
  /** What was found there, so that who opens it need not read all files to find one; absent where nobody listed them. */
  readonly listed?: ListedLayers;
}

interface ReadSnapshots {
  readonly listing: SnapshotListing;
  /** By id the files that it is made of, the newest first. */
  readonly layers: ReadonlyMap<string, readonly string[]>;
}

/**
 * Snapshots in NDJSON files (plain, .gz, .zst): of a folder, all that end in `.ndjson` or `.jsonl`; or the named files.
 * Each file is read once to list it. Files that cannot be used, and paths that do not exist, are listed as damaged; so are
 * checkpoints that stand on one that is.
 */
export function openNdjsonSnapshots(
  path: string | readonly string[],
  options: NdjsonSnapshotOptions = {},
): SnapshotSource {
  return openSnapshotLocation({
    paths: (typeof path === 'string' ? [path] : path).map((one) => resolve(one)),
    options,
  });
}

/** The same by its locator's options. */
export function openSnapshotLocation({ paths, options, listed }: NdjsonSnapshotLocation): SnapshotSource {
  const defaultSource = options.defaultSource ?? '';
  let read: Promise<ReadSnapshots> | null = null;
  let known = listed;

  async function readAll(): Promise<ReadSnapshots> {
    const files: DescribedFile[] = [];
    const seen: ListedFile[] = [];
    const damaged: DamagedSnapshot[] = [];
    for (const location of paths.flatMap((one) => snapshotFiles(one))) {
      try {
        const before = listedFile(location);
        if (before !== null) seen.push(before);
        const file = await describeSnapshotFile(location, defaultSource);
        const { id } = file.description;
        const same = files.find((other) => other.description.id === id);
        if (same === undefined) files.push(file);
        else damaged.push({ location, reason: `its id ${JSON.stringify(id)} is that of ${same.description.location}` });
      } catch (error) {
        if (!isRecoveryError(error)) throw error;
        const reason = error.details['reason'];
        damaged.push({ location, reason: typeof reason === 'string' ? reason : error.message });
      }
    }
    return listFiles(files, damaged, seen);
  }

  async function listFiles(
    files: readonly DescribedFile[],
    damaged: DamagedSnapshot[],
    seen: readonly ListedFile[],
  ): Promise<ReadSnapshots> {
    const layers = new Map<string, readonly string[]>();
    for (const file of files) {
      const { id, location } = file.description;
      const stacked = layersOf(file, files);
      if (stacked.missing === null) layers.set(id, stacked.locations);
      else
        damaged.push({ location, reason: `it stands on checkpoint ${stacked.missing}, which is missing or damaged` });
    }
    const snapshots = files.map(({ description }) => description).filter(({ id }) => layers.has(id));
    snapshots.sort(compareSnapshots);
    known = listLayers(layers, seen);
    if (options.newestOnly !== true) return { listing: { snapshots, damaged }, layers };
    const newest = await newestOf(snapshots, damaged, defaultSource);
    return { listing: { snapshots: newest === null ? [] : [newest], damaged }, layers };
  }

  /** What was listed elsewhere serves as long as nobody listed here. */
  async function filesOf(id: string): Promise<readonly string[]> {
    const unchanged = read === null && known !== undefined ? unchangedLayers(known, id) : null;
    const layers = unchanged ?? (await (read ??= readAll())).layers.get(id);
    if (layers === undefined) throw noSuchSnapshot(id);
    return layers;
  }

  async function* rows(id: string): AsyncGenerator<SnapshotRow> {
    const layers = await filesOf(id);
    const newest = newestRows(layers.map((location) => snapshotFileBatches(location, defaultSource)));
    for await (const rows of newest) for (const row of rows) if (row.state !== undefined) yield row;
  }

  async function readUnlisted(): Promise<UnlistedSnapshot | null> {
    const [location, ...more] = paths;
    if (read !== null || location === undefined || more.length > 0) return null;
    if (statSync(location, { throwIfNoEntry: false })?.isFile() !== true) return null;
    const header = await readSnapshotHeader(location, defaultSource);
    if (header === null || header.base !== null) return null;
    const { id, takenAt, position, stateVersion } = header;
    return { id, location, takenAt, position, stateVersion, rows: () => unlistedRows(location) };
  }

  async function* unlistedRows(location: string): AsyncGenerator<SnapshotRow> {
    const before = listedFile(location);
    const batches = describedFileBatches(location, defaultSource);
    try {
      let step = await batches.next();
      for (; step.done !== true; step = await batches.next()) {
        for (const row of step.value) if (row.state !== undefined) yield row;
      }
      read ??= listFiles([step.value], [], before === null ? [] : [before]);
    } finally {
      await batches.return(undefined as never);
    }
  }

  return {
    list: async () => (await (read ??= readAll())).listing,
    rows,
    readUnlisted,
    get locator() {
      return {
        module: new URL('./ndjson-snapshots-module.js', import.meta.url).href,
        options: { paths, options, ...(known !== undefined && { listed: known }) } satisfies NdjsonSnapshotLocation,
      };
    },
  };
}

/** The newest; null where a file that cannot be used may be newer, as far as its header tells, or holds the same otherwise. */
async function newestOf(
  snapshots: readonly SnapshotDescription[],
  unusable: readonly DamagedSnapshot[],
  defaultSource: string,
): Promise<SnapshotDescription | null> {
  const newest = snapshots.at(-1);
  if (newest === undefined) return null;
  for (const { location } of unusable) {
    const header = await readSnapshotHeader(location, defaultSource);
    if (header === null) return null;
    const { id, takenAt, position } = header;
    const copy = snapshots.find((snapshot) => snapshot.id === id);
    if (copy !== undefined && (await isCopy(location, copy, defaultSource))) continue;
    if (compareSnapshots({ ...newest, id, takenAt, position }, newest) >= 0) return null;
  }
  return newest;
}

async function isCopy(location: string, { digest }: SnapshotDescription, defaultSource: string): Promise<boolean> {
  try {
    return (await describeSnapshotFile(location, defaultSource)).description.digest === digest;
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    return false;
  }
}

/** The files that a checkpoint is made of, the newest first; or the id of the first that is not there as it was. */
function layersOf(
  top: DescribedFile,
  files: readonly DescribedFile[],
): { readonly locations: readonly string[]; readonly missing: string | null } {
  const locations = [top.description.location];
  for (let file = top; file.base !== null;) {
    const { id, sha256 } = file.base;
    const below = files.find(
      ({ description, sealed, sorted }) => description.id === id && sealed === sha256 && sorted === 'code-points',
    );
    // A file cannot hold the hash of one that holds its own, but a folder may hold anything.
    if (below === undefined || locations.includes(below.description.location)) return { locations, missing: id };
    locations.push(below.description.location);
    file = below;
  }
  return { locations, missing: null };
}

/** The files that a path stands for, in the order of their names. */
function snapshotFiles(path: string): readonly string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  return readdirSync(path)
    .filter((name) => /\.(ndjson|jsonl)(\.gz|\.zst)?$/i.test(name))
    .sort()
    .map((name) => join(path, name));
}
