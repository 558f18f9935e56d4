import type { LogLocator } from '../log/event-log.js';
import type { Position } from '../position/position.js';

/** What is known of a snapshot before its states are read. */
export interface SnapshotDescription {
  readonly id: string;
  readonly location: string;
  /** Milliseconds since 1970, null where nobody knows. */
  readonly takenAt: number | null;
  /** Null for a state that came without one: it cannot be compared with anything. */
  readonly position: Position | null;
  readonly keys: number;
  /** SHA-256 of the content as it was stored. */
  readonly digest: string;
  /** Name and version of the worker, e.g. `flights@1.0.0`. */
  readonly worker: string | null;
  /** Version of the state's form, 1 where the snapshot does not say. */
  readonly stateVersion: number;
  /**
   * Whether the content was held against a count and digest of its own. `not-checked`: it has none, so that a copy that
   * ends early between two rows is not noticed. Absent where the source cannot lose rows.
   */
  readonly completeness?: 'checked' | 'not-checked';
  /** What it is said not to hold, by name: timers, caches, outputs in flight. Absent where it says nothing. */
  readonly omits?: Readonly<Record<string, string>>;
}

export interface SnapshotRow {
  readonly key: string;
  readonly state: unknown;
}

/** Snapshots of the service's state: full copies with the position that they had reached. */
export interface SnapshotSource {
  /** Oldest position first where positions are known, those without one last. Damaged ones are listed apart. */
  list(): Promise<SnapshotListing>;
  /**
   * Streams the rows of one snapshot; each key once.
   * @throws RecoveryError `invalid-snapshot` when there is no such snapshot, or it is damaged.
   */
  rows(id: string): AsyncIterable<SnapshotRow>;
  /**
   * The only state of a source that was not listed yet, for those who read all of it anyway: to list a file is to read it, so that it would
   * be read twice. Null, or absent, where it was listed, or has to be chosen or put together.
   */
  readUnlisted?(): Promise<UnlistedSnapshot | null>;
  /** How another thread opens the same source; absent for those that live in this thread's memory only. */
  readonly locator?: LogLocator;
}

/** A state of which nothing but the header was read: nothing says yet that it is whole. */
export interface UnlistedSnapshot extends Pick<
  SnapshotDescription,
  'id' | 'location' | 'takenAt' | 'position' | 'stateVersion'
> {
  /**
   * Once they were read to their end, the source lists it without reading it again.
   * @throws RecoveryError `invalid-snapshot`, at the latest at their end, where `list` would call it damaged.
   */
  rows(): AsyncIterable<SnapshotRow>;
}

/** A snapshot that cannot be used. */
export interface DamagedSnapshot {
  readonly location: string;
  readonly reason: string;
  /** True where what holds it does not answer now, such as a database: nothing says that it is damaged. */
  readonly unreachable?: true;
}

export interface SnapshotListing {
  readonly snapshots: readonly SnapshotDescription[];
  readonly damaged: readonly DamagedSnapshot[];
}
