import { createHash } from 'node:crypto';
import { exitCodes } from '../../../model/errors/error-catalogue.js';
import { RecoveryError, isRecoveryError } from '../../../model/errors/recovery-error.js';
import { positionFromJson } from '../../../model/position/position.js';
import type { RowInput } from '../../rows/row-input.js';
import type { RowStream } from '../../rows/row-stream.js';
import { noSuchSnapshot } from '../memory-snapshots.js';
import { compareSnapshots } from '../../../model/snapshots/snapshot-order.js';
import type {
  DamagedSnapshot,
  SnapshotDescription,
  SnapshotListing,
  SnapshotRow,
  SnapshotSource,
} from '../../../model/snapshots/snapshot-source.js';
import type { RowSnapshot } from './row-snapshot.js';

export interface RowSnapshotOptions {
  /** Source of positions that name none: the one of the log that the service read. '' by default. */
  readonly defaultSource?: string;
}

/** What the module of the locator takes: plain JSON. */
export interface RowSnapshotLocation {
  readonly snapshots: readonly RowSnapshot[];
  readonly options: RowSnapshotOptions;
}

/**
 * Snapshots in rows of other systems: CSV, NDJSON or Parquet files, tables of databases, what a command prints. Each is read once
 * to list it; those that cannot be used are listed as damaged. A source that gives other rows when it is read again (a
 * command, a live database) is noticed at the end of that reading.
 */
export function openRowSnapshots(snapshots: readonly RowSnapshot[], options: RowSnapshotOptions = {}): SnapshotSource {
  const defaultSource = options.defaultSource ?? '';
  let listing: Promise<SnapshotListing> | null = null;
  const list = (): Promise<SnapshotListing> => (listing ??= listAll(snapshots, defaultSource));
  return {
    list,
    async *rows(id) {
      const snapshot = snapshots.find((one) => one.id === id);
      const listed = (await list()).snapshots.find((one) => one.id === id);
      if (snapshot === undefined || listed === undefined) throw noSuchSnapshot(id);
      const digest = newDigest();
      const { openRowStream, readStates } = await readers();
      const stream = await openRowStream(snapshot.rows);
      for await (const row of readStates(stream.location, stream.open(), snapshot.mapping)) {
        digest.add(row);
        yield row;
      }
      if (digest.hex() !== listed.digest) throw changed(id, listed.location);
    },
    locator: {
      module: new URL('./row-snapshots-module.js', import.meta.url).href,
      options: { snapshots, options } satisfies RowSnapshotLocation,
    },
  };
}

/** Each worker module imports the root of this package, and with it this module: what reads rows is loaded on use. */
async function readers() {
  const [{ openRowStream }, { readStates }] = await Promise.all([
    import('../../rows/open-row-stream.js'),
    import('./read-states.js'),
  ]);
  return { openRowStream, readStates };
}

async function listAll(snapshots: readonly RowSnapshot[], defaultSource: string): Promise<SnapshotListing> {
  const described: SnapshotDescription[] = [];
  const damaged: DamagedSnapshot[] = [];
  for (const snapshot of snapshots) {
    let location = locationOf(snapshot.rows);
    try {
      const { openRowStream } = await readers();
      const stream = await openRowStream(snapshot.rows);
      if (snapshot.rows.kind === 'postgres') location = stream.location; // only its secret tells which database it is
      described.push(await describeSnapshot(snapshot, stream, defaultSource));
    } catch (error) {
      if (!isRecoveryError(error)) throw error;
      const reason = error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
      const unreachable = error.exitCode === exitCodes.transient;
      damaged.push({ location, reason, ...(unreachable && { unreachable }) });
    }
  }
  return { snapshots: described.sort(compareSnapshots), damaged };
}

async function describeSnapshot(
  snapshot: RowSnapshot,
  stream: RowStream,
  defaultSource: string,
): Promise<SnapshotDescription> {
  const { id, takenAt, stateVersion, worker, rows, mapping } = snapshot;
  const { readStates } = await readers();
  const reader = stream.open();
  const digest = newDigest();
  let keys = 0;
  for await (const row of readStates(stream.location, reader, mapping)) {
    digest.add(row);
    keys++;
  }
  const position = snapshot.position ?? reader.position ?? null;
  return {
    id,
    location: stream.location,
    takenAt,
    position: position === null ? null : positionFromJson(position, defaultSource),
    keys,
    digest: digest.hex(),
    worker,
    stateVersion,
    // Text files end anywhere; a database, a Parquet file and the exit code of a command tell that all rows came.
    // A JSON document that ends early is no document.
    ...(rows.kind === 'file' && rows.format !== 'parquet' && { completeness: 'not-checked' as const }),
  };
}

function newDigest() {
  const hash = createHash('sha256');
  return {
    add: ({ key, state }: SnapshotRow) => void hash.update(JSON.stringify([key, state])).update('\n'),
    hex: () => hash.digest('hex'),
  };
}

function locationOf(rows: RowInput): string {
  switch (rows.kind) {
    case 'command':
      return `command ${rows.command[0] ?? ''}`;
    case 'postgres':
      return 'postgres';
    default:
      return rows.file;
  }
}

function changed(id: string, location: string): RecoveryError {
  return new RecoveryError(
    'invalid-snapshot',
    `${location} gave other rows for snapshot ${JSON.stringify(id)} than before`,
    {
      hint: 'the state went on changing while it was read: save it into a file, with the position at that moment',
      details: { snapshot: id },
    },
  );
}
