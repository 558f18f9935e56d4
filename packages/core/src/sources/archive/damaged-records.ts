import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Offset } from '../../model/event/offset.js';
import type { LogHole, OffsetRange } from '../../model/log/event-log.js';
import { describedDamage, type DamageKind, type LogDamage } from '../../model/log/log-damage.js';
import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import { archiveVersions, damageSchema, holdsDamage, mayHoldColumns } from './archive-format.js';
import { overlayDamage, type DamagedRange } from '../log/overlay-damage.js';
import type { PartitionSummary } from './partition-summary.js';
import { lastProgressName, progressWriter, readProgressOf } from './progress-table.js';

/** Names of damaged records among the progress, which the digest of the archive covers. */
export const damagePrefix = 'damage/';

/** What the raw bytes of a damaged record are: a line of a file, a record batch of Kafka, or the value of a record. */
type RawForm = 'line' | 'record-batch' | 'value';

/** A record that could not be read when the archive was written, as the archive keeps it. */
export interface ArchivedDamage {
  readonly number: number;
  readonly kind: DamageKind;
  /** Where it belongs; null where it does not tell. */
  readonly at: (PartitionId & { readonly from: Offset; readonly to: Offset }) | null;
  readonly place: string;
  readonly reason: string;
  readonly form: RawForm;
  /** Its length and SHA-256 in hex; null where the bytes could not be kept. */
  readonly raw: { readonly bytes: number; readonly sha256: string } | null;
  /** What else is known of a record whose value alone could not be kept as one: key in base64, time, headers. */
  readonly record?: { readonly key: string | null; readonly time: number | null; readonly headers: unknown };
  /** Of one that does not tell where it belongs: the partitions that may have lost their last event with it. */
  readonly behind?: readonly (PartitionId & { readonly next: Offset })[];
}

export type DamageToKeep = Omit<ArchivedDamage, 'number' | 'raw'> & { readonly raw: Uint8Array | null };

/** Writes damaged records inside the caller's transaction; an archive without any has no table for them. */
export function writeDamage(db: Database.Database, records: readonly DamageToKeep[]): void {
  if (records.length === 0) return;
  const version = Number(db.pragma('user_version', { simple: true }));
  if (!holdsDamage(version)) {
    for (const statement of damageSchema) db.exec(statement);
    const { columnsAndDamage, textsAndDamage } = archiveVersions;
    db.pragma(`user_version = ${mayHoldColumns(version) ? columnsAndDamage : textsAndDamage}`);
  }
  const insert = db.prepare('INSERT INTO damaged_record (number, bytes) VALUES (?, ?)');
  const write = progressWriter(db);
  const last = lastProgressName(db, damagePrefix);
  let number = last === null ? 0 : Number(last.slice(damagePrefix.length)) + 1;
  for (const { raw, ...known } of records) {
    const kept = raw === null ? null : { bytes: raw.length, sha256: sha256(raw) };
    const damage: ArchivedDamage = { ...known, number, raw: kept };
    write(`${damagePrefix}${String(number).padStart(9, '0')}`, JSON.stringify(damage));
    if (raw !== null) insert.run(number, raw);
    number++;
  }
}

/** All damaged records, in the order in which they were met. */
export function readDamage(db: Database.Database): readonly ArchivedDamage[] {
  return readProgressOf(db, damagePrefix) as readonly ArchivedDamage[];
}

/** The bytes of a damaged record as they came; null where they were not kept, or are not what was written. */
export function readRawBytes(db: Database.Database, { number, raw }: ArchivedDamage): Buffer | null {
  if (raw === null) return null;
  const bytes: unknown = db.prepare('SELECT bytes FROM damaged_record WHERE number = ?').pluck().get(number);
  return Buffer.isBuffer(bytes) && sha256(bytes) === raw.sha256 ? bytes : null;
}

/** A partition as its damage leaves it. `holes` are those that are stored. */
export function damagedRange(
  all: readonly ArchivedDamage[],
  summary: PartitionSummary,
  holes: readonly LogHole[],
): DamagedRange {
  // A hole in front of the first event or behind the last is knowledge too: a transaction's marker is no gap.
  const from = Math.min(summary.first ?? summary.next, holes[0]?.from ?? summary.next);
  const held = { from, next: summary.next, holes };
  if (all.length === 0) return { ...held, contradicted: [] };
  const name = partitionKey(summary);
  const offsets = new Set<Offset>();
  let lostAtEnd = false;
  for (const { at, behind } of all) {
    if (at !== null && partitionKey(at) === name)
      for (let offset = at.from; offset < at.to; offset++) offsets.add(offset);
    lostAtEnd ||= behind?.some((part) => partitionKey(part) === name && part.next >= summary.next) === true;
  }
  if (lostAtEnd) offsets.add(summary.next);
  return overlayDamage(held, offsets);
}

/** The parts of a range without the offsets that are not to be believed. */
export function rangesWithout(range: OffsetRange, excluded: readonly Offset[]): readonly OffsetRange[] {
  const ranges: OffsetRange[] = [];
  let from = range.from;
  for (const offset of excluded) {
    if (offset < from || offset >= range.to) continue;
    if (from < offset) ranges.push({ from, to: offset });
    from = offset + 1;
  }
  if (from < range.to) ranges.push({ from, to: range.to });
  return ranges;
}

/** As the description of a log lists it; null where there is none. */
export function logDamageOf(all: readonly ArchivedDamage[]): LogDamage | null {
  if (all.length === 0) return null;
  const described = all.slice(0, describedDamage).map(({ kind, at, place, reason }) => ({
    kind,
    at: at === null ? null : { topic: at.topic, partition: at.partition, from: at.from, to: at.to },
    places: [place],
    reason,
  }));
  return { records: all.length, described };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
