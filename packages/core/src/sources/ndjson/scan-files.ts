import { createHash, type Hash } from 'node:crypto';
import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { CompiledMapping } from '../rows/compile-mapping.js';
import { newMappingState } from '../rows/mapping-state.js';
import type { RowSource } from '../rows/row-source.js';
import { newPartitionTable, type PartitionTable } from '../../model/log/partition-table.js';
import { openEventCursor, startOfFiles, type EventBatch } from './event-cursor.js';
import { markStep, type FileMark } from './file-marks.js';
import { newPartitionScan, scanEvent, type PartitionScan } from './partition-scan.js';
import { newRepeatedEvents } from './repeated-events.js';

/** What one pass over the files tells. Plain JSON. */
export interface FilesScan {
  readonly partitions: readonly PartitionScan[];
  readonly marks: readonly FileMark[];
  /** SHA-256 of all content of each file, decompressed, in the order of the files. */
  readonly contents: readonly string[];
}

/** Opens the files of a log; `onBytes` sees the content of each as it is read. */
export type OpenFiles = (onBytes?: (file: number, bytes: Uint8Array) => void) => readonly RowSource[];

/**
 * Reads all files once; `open` opens them, and shows what is read where that is asked for. Memory follows the number of
 * partitions, holes and repeats, and a sparse index: never the number of events. Only where offsets repeat, a second
 * pass compares the copies.
 * @throws RecoveryError `conflicting-events` (contradicting copies), `offsets-out-of-order` (offsets fall), and all
 *   that reading rows may throw.
 */
export async function scanFiles(open: OpenFiles, mapping: CompiledMapping): Promise<FilesScan> {
  const table = newPartitionTable<PartitionScan>();
  const repeats = newRepeatedEvents();
  const contents: Hash[] = [];
  const files = open((file, bytes) => contents[file]?.update(bytes));
  for (const _ of files) contents.push(createHash('sha256'));
  const marks: FileMark[] = [];
  let file = -1;
  let rows = 0;
  await eachBatch(files, mapping, (batch) => {
    const at = batch.positionOf(0);
    const newFile = at.file !== file;
    if (newFile || rows - (marks.at(-1)?.rowsBefore ?? 0) >= markStep(table.entries.length)) {
      marks.push({ at, rowsBefore: rows, next: table.entries.map((scan) => scan.next) });
    }
    file = at.file;
    for (const [index, event] of batch.events.entries()) {
      let scan = table.get(event);
      if (scan === undefined) table.add((scan = newPartitionScan(event)));
      const found = scanEvent(scan, event, () => batch.place(index));
      rows++;
      if (found === 'new') continue;
      scan.repeated++;
      repeats.remember(event, batch.place(index));
    }
  });
  if (repeats.count > 0) await compareCopies(open(), mapping, table, repeats);
  return { partitions: table.entries, marks, contents: contents.map((content) => content.digest('hex')) };
}

/** The first copy of each offset is the one that rises. */
async function compareCopies(
  files: readonly RowSource[],
  mapping: CompiledMapping,
  scans: PartitionTable<PartitionScan>,
  repeats: ReturnType<typeof newRepeatedEvents>,
): Promise<void> {
  const reached = new Map<PartitionScan, number>();
  await eachBatch(files, mapping, (batch) => {
    for (const [index, event] of batch.events.entries()) {
      const scan = scans.get(event);
      if (scan === undefined || event.offset < (reached.get(scan) ?? 0)) continue;
      reached.set(scan, event.offset + 1);
      repeats.holdAgainst(event, () => batch.place(index));
    }
  });
}

async function eachBatch(
  files: readonly RowSource[],
  mapping: CompiledMapping,
  visit: (batch: EventBatch) => void,
): Promise<void> {
  const cursor = openEventCursor(files, mapping, newMappingState(), startOfFiles);
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
