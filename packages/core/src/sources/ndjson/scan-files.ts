import { createHash, type Hash } from 'node:crypto';
import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LogDamage } from '../../model/log/log-damage.js';
import { offsetsAreAssigned, withoutRowNumber, type CompiledMapping } from '../rows/compile-mapping.js';
import { newDamageLimits, nothingReadable, type DamageLimits } from '../rows/damage-limits.js';
import { offsetsUnknown } from '../rows/damaged-rows.js';
import { newMappingState } from '../rows/mapping-state.js';
import type { MappedEvent } from '../rows/event-mapping.js';
import type { RowPlace, RowSource } from '../rows/row-source.js';
import { newPartitionTable, type PartitionTable } from '../../model/log/partition-table.js';
import { damagedRecordsError } from '../log/damaged-records-error.js';
import { newDamageScan } from './damage-scan.js';
import { openEventCursor, startOfFiles, type DamagedEvent, type EventBatch } from './event-cursor.js';
import { markStep, type FileMark } from './file-marks.js';
import { joinsOfFiles, type Overlaps } from './joins-of-files.js';
import { newPartitionScan, scanDamaged, scanEvent, type PartitionScan } from './partition-scan.js';
import { newRepeatedEvents } from './repeated-events.js';

/** What one pass over the files tells. Plain JSON. */
export interface FilesScan {
  readonly partitions: readonly PartitionScan[];
  readonly marks: readonly FileMark[];
  /** SHA-256 of all content of each file, decompressed, in the order of the files. */
  readonly contents: readonly string[];
  /** What cannot be read; absent where nothing is damaged. Its offsets are holes of the partitions. */
  readonly damage?: LogDamage;
}

/** Opens the files of a log; `onBytes` sees the content of each as it is read. */
export type OpenFiles = (onBytes?: (file: number, bytes: Uint8Array) => void) => readonly RowSource[];

/**
 * Reads all files once; `open` opens them, and shows what is read where that is asked for. Memory follows the number of
 * partitions, holes and repeats, and a sparse index: never the number of events. Only where offsets repeat, a second
 * pass compares the copies. Rows that cannot be read, and copies that contradict each other, become holes and are listed;
 * with `refuse` they are one error. Where offsets are assigned, they are right only if the files follow upon each other.
 * @throws RecoveryError `offsets-out-of-order` (offsets fall, or files have the same events), `times-out-of-order` (offsets
 *   are assigned, and times fall from one file to the next); what reading the first row fails with, where no row at all
 *   can be read, and where offsets are assigned and a row does not tell its partition.
 */
export async function scanFiles(
  open: OpenFiles,
  mapping: CompiledMapping,
  onDamage: 'refuse' | 'keep' = 'refuse',
): Promise<FilesScan> {
  const assigned = offsetsAreAssigned(mapping);
  const limits = newDamageLimits();
  const damage = newDamageScan(limits);
  const table = newPartitionTable<PartitionScan>();
  const repeats = newRepeatedEvents();
  const contents: Hash[] = [];
  const files = open((file, bytes) => contents[file]?.update(bytes));
  for (const _ of files) contents.push(createHash('sha256'));
  const joins = assigned && files.length > 1 ? joinsOfFiles() : null;
  const marks: FileMark[] = [];
  let file = -1;
  let rows = 0;
  let misplaced: RecoveryError | null = null;
  const takeDamaged = (damaged: DamagedEvent): void => {
    const { identity, row } = damaged;
    damage.addRow(damaged, table.entries);
    if (!assigned) return;
    if (identity === null) misplaced ??= row.error;
    else {
      let scan = table.get(identity);
      if (scan === undefined) table.add((scan = newPartitionScan(identity)));
      scanDamaged(scan, identity.offset);
    }
  };
  await eachBatch(files, mapping, limits, (batch) => {
    const at = batch.positionOf(0);
    const newFile = at.file !== file;
    if (
      batch.events.length > 0 &&
      (newFile || rows - (marks.at(-1)?.rowsBefore ?? 0) >= markStep(table.entries.length))
    ) {
      marks.push({ at, rowsBefore: rows, next: table.entries.map((scan) => scan.next) });
    }
    if (batch.events.length > 0) file = at.file;
    let next = 0;
    for (const [index, event] of batch.events.entries()) {
      for (; batch.damaged[next]?.behind === index; next++) takeDamaged(batch.damaged[next] as DamagedEvent);
      let scan = table.get(event);
      if (scan === undefined) table.add((scan = newPartitionScan(event)));
      joins?.note(at.file, event, scan, () => batch.place(index));
      const found = scanEvent(scan, event, () => batch.place(index));
      rows++;
      if (found === 'new') continue;
      scan.repeated++;
      const place = batch.place(index);
      const earlier = repeats.remember(event, place);
      if (earlier !== null) damage.addContradiction(event, earlier, place);
    }
    for (; next < batch.damaged.length; next++) takeDamaged(batch.damaged[next] as DamagedEvent);
  });
  if (repeats.count > 0) {
    await compareCopies(open(), mapping, table, repeats, (event, first, second) => {
      damage.addContradiction(event, first, second);
    });
  }
  const hashes = contents.map((content) => content.digest('hex'));
  const paths = files.map((source) => source.file);
  joins?.refuseCopies(paths, hashes);
  const overlaps = joins?.overlaps() ?? null;
  if (overlaps !== null) await compareJoins(open(), withoutRowNumber(mapping), table, overlaps);
  if (misplaced !== null) throw offsetsUnknown(misplaced);
  const { first, count } = limits;
  if (first !== null && table.entries.every(({ events }) => events === 0)) throw nothingReadable(first, count);
  const found = damage.settle(table);
  if (found !== null && onDamage === 'refuse') throw first !== null && count === 1 ? first : damagedRecordsError(found);
  return {
    partitions: table.entries,
    marks,
    contents: hashes,
    ...(found !== null && { damage: found }),
  };
}

async function compareJoins(
  files: readonly RowSource[],
  mapping: CompiledMapping,
  scans: PartitionTable<PartitionScan>,
  overlaps: Overlaps,
): Promise<void> {
  await eachBatch(files, mapping, null, (batch) => {
    if (batch.events.length === 0) return;
    const { file } = batch.positionOf(0);
    for (const [index, event] of batch.events.entries()) {
      const scan = scans.get(event);
      if (scan !== undefined) overlaps.note(file, event, scan, () => batch.place(index));
    }
  });
  overlaps.end();
}

/** The first copy of each offset is the one that rises. */
async function compareCopies(
  files: readonly RowSource[],
  mapping: CompiledMapping,
  scans: PartitionTable<PartitionScan>,
  repeats: ReturnType<typeof newRepeatedEvents>,
  contradicts: (event: MappedEvent, first: RowPlace, second: RowPlace) => void,
): Promise<void> {
  const reached = new Map<PartitionScan, number>();
  await eachBatch(files, mapping, null, (batch) => {
    for (const [index, event] of batch.events.entries()) {
      const scan = scans.get(event);
      if (scan === undefined || event.offset < (reached.get(scan) ?? 0)) continue;
      reached.set(scan, event.offset + 1);
      const repeat = repeats.holdAgainst(event);
      if (repeat !== null) contradicts(event, batch.place(index), repeat);
    }
  });
}

async function eachBatch(
  files: readonly RowSource[],
  mapping: CompiledMapping,
  limits: DamageLimits | null,
  visit: (batch: EventBatch) => void,
): Promise<void> {
  const cursor = openEventCursor(files, mapping, newMappingState(), startOfFiles, limits);
  try {
    for (let count = 1; ; count++) {
      const batch = await cursor.next();
      if (batch === null) return;
      visit(batch);
      if (count % 64 === 0) await letOthersRun(); // plain files answer at once: without this nothing else would run
    }
  } finally {
    cursor.close();
  }
}
