import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { positionFromJson, type PartitionPositionJson, type Position } from '../../../model/position/position.js';
import type { NumberForm } from '../../rows/inexact-rows.js';
import { parseTime } from '../../rows/parse-time.js';
import type { SnapshotDescription } from '../../../model/snapshots/snapshot-source.js';

/** The first line of a snapshot file. */
export interface SnapshotHeader extends Pick<
  SnapshotDescription,
  'id' | 'takenAt' | 'worker' | 'stateVersion' | 'position' | 'omits'
> {
  /** From format 2 on a row may say that its key is gone. */
  readonly format: 1 | 2;
  /**
   * The keys rise, so that a repeated one is found without remembering all: by UTF-16 code units, or by code points, which
   * is the order of their UTF-8 bytes.
   */
  readonly sorted: 'no' | KeyOrder;
  /** The checkpoint that this one was made on top of; null for one that stands alone. */
  readonly base: EarlierCheckpoint | null;
  /** How many keys there are with what its base holds; null where the rows themselves say it. */
  readonly keys: number | null;
  /** Whether its states have texts for numbers that a double cannot give back; else such a number is an error. */
  readonly numbers: NumberForm;
}

type KeyOrder = 'code-units' | 'code-points';

/** An earlier checkpoint, by its id and what the end line of its file says. */
export interface EarlierCheckpoint {
  readonly id: string;
  readonly sha256: string;
}

/** The header as it stands in the file. */
export interface SnapshotHeaderJson {
  readonly format_version: 1 | 2;
  readonly kind: 'snapshot';
  readonly id: string;
  readonly taken_at: string | null;
  readonly worker: string | null;
  readonly state_version: number;
  readonly position: readonly PartitionPositionJson[] | null;
  readonly sorted?: boolean | 'code-points';
  readonly numbers?: NumberForm;
  /** From format 2 on: this file holds what has changed since that checkpoint, or was deleted. */
  readonly base?: EarlierCheckpoint | null;
  readonly keys?: number;
  readonly omits?: Readonly<Record<string, string>>;
}

/** The last line: how many keys there are, and the SHA-256 of all bytes in front of it. */
export interface SnapshotEndJson {
  readonly end: true;
  readonly keys: number;
  readonly sha256: string;
}

/** @throws RecoveryError `invalid-snapshot` with what is wrong, `invalid-field` for an impossible offset. */
export function parseSnapshotHeader(value: unknown, defaultSource: string): SnapshotHeader {
  if (!isObject(value) || value['kind'] !== 'snapshot') {
    throw wrong('the first line is not the header of a snapshot ({"format_version":1,"kind":"snapshot","id":…})');
  }
  const {
    format_version: version,
    id,
    taken_at: taken,
    worker,
    state_version: stateVersion,
    position,
    sorted,
    numbers,
    base,
    keys,
    omits,
  } = value;
  if (version !== 1 && version !== 2)
    throw wrong(`format_version ${JSON.stringify(version)} is not known; this version reads 1 and 2`);
  if (typeof id !== 'string' || id === '') throw wrong('the header has no id');
  const takenAt = taken === null || taken === undefined ? NaN : parseTime(taken, null);
  if (takenAt === undefined) throw wrong('taken_at in the header is not a time in ISO 8601 form');
  if (worker !== undefined && worker !== null && typeof worker !== 'string')
    throw wrong('worker in the header is not a text');
  if (stateVersion !== undefined && !(Number.isSafeInteger(stateVersion) && Number(stateVersion) >= 1)) {
    throw wrong('state_version in the header is not a whole number from 1');
  }
  if (numbers !== undefined && numbers !== 'exact' && numbers !== 'text') {
    throw wrong('numbers in the header is neither exact nor text');
  }
  return {
    format: version,
    id,
    takenAt: Number.isNaN(takenAt) ? null : takenAt,
    worker: worker ?? null,
    stateVersion: typeof stateVersion === 'number' ? stateVersion : 1,
    position: position === null || position === undefined ? null : parsePosition(position, defaultSource),
    sorted: sorted === true ? 'code-units' : sorted === 'code-points' ? sorted : 'no',
    numbers: numbers === 'text' ? 'text' : 'exact',
    ...parseOmissions(omits),
    ...(version === 1 ? { base: null, keys: null } : { base: parseBase(base), keys: parseKeys(keys) }),
  };
}

function parseBase(value: unknown): EarlierCheckpoint | null {
  if (value === undefined || value === null) return null;
  if (isObject(value) && typeof value['id'] === 'string' && typeof value['sha256'] === 'string')
    return { id: value['id'], sha256: value['sha256'] };
  throw wrong('base in the header is not {"id":…,"sha256":…}');
}

function parseOmissions(value: unknown): Pick<SnapshotHeader, 'omits'> {
  if (value === undefined) return {};
  if (!isObject(value) || !Object.values(value).every((text) => typeof text === 'string'))
    throw wrong('omits in the header does not say by name, in texts, what the snapshot does not hold');
  return Object.keys(value).length === 0 ? {} : { omits: value as Readonly<Record<string, string>> };
}

function parseKeys(value: unknown): number | null {
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw wrong('keys in the header is not a count');
}

/** A key with its state; `state` is undefined for a key that has none any more. */
export interface SnapshotFileRow {
  readonly key: string;
  readonly state: unknown;
}

/** @throws RecoveryError `invalid-snapshot` when the line is not a key with its state. */
export function parseSnapshotRow(value: unknown, format: SnapshotHeader['format']): SnapshotFileRow {
  if (isObject(value) && typeof value['key'] === 'string') {
    const key = value['key'];
    if (Object.hasOwn(value, 'state')) return { key, state: value['state'] };
    if (format === 2 && value['deleted'] === true) return { key, state: undefined };
  }
  throw wrong('a line is not a row ({"key":…,"state":…})');
}

/** The end line, or null for any other. */
export function parseSnapshotEnd(value: unknown): SnapshotEndJson | null {
  if (!isObject(value) || value['end'] !== true || Object.hasOwn(value, 'key')) return null;
  const { keys, sha256 } = value;
  if (typeof keys !== 'number' || typeof sha256 !== 'string') throw wrong('the end line lacks keys or sha256');
  return { end: true, keys, sha256 };
}

function parsePosition(value: unknown, defaultSource: string): Position {
  const parts: readonly unknown[] = Array.isArray(value) ? value : [];
  if (!Array.isArray(value) || !parts.every(isPart)) {
    throw wrong('position in the header is not a list of {topic, partition, next}');
  }
  const position = positionFromJson(parts, defaultSource);
  const names = new Set(
    position.map((part) => JSON.stringify([part.source, part.topic, part.incarnation, part.partition])),
  );
  if (names.size < position.length) throw wrong('position in the header names a partition twice');
  return position;
}

function isPart(value: unknown): value is PartitionPositionJson {
  if (!isObject(value)) return false;
  const { source, topic, incarnation, partition, watermark, clock } = value;
  return (
    typeof topic === 'string' &&
    Number.isSafeInteger(partition) &&
    [source, incarnation].every((text) => text === undefined || typeof text === 'string') &&
    [watermark, clock].every((number) => number === undefined || number === null || typeof number === 'number')
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function wrong(message: string): RecoveryError {
  return new RecoveryError('invalid-snapshot', message, {
    hint: 'a snapshot is a header line, then {"key":…,"state":…} lines, then {"end":true,"keys":…,"sha256":…} or nothing',
  });
}
