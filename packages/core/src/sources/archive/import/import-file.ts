import { isRecoveryError, RecoveryError } from '../../../model/errors/recovery-error.js';
import type { LongWork } from '../../../model/strategy/strategy.js';
import type { PartitionId } from '../../../model/log/partition-id.js';
import {
  describeRowPlace,
  startOfRows,
  type RowBatch,
  type RowPlace,
  type RowPosition,
  type RowReader,
  type RowSource,
} from '../../rows/row-source.js';
import { arrayBatch } from '../../rows/array-batch.js';
import { assertColumns } from '../../rows/assert-columns.js';
import { mapRow } from '../../rows/map-row.js';
import { newMappingState, saveMappingState } from '../../rows/mapping-state.js';
import type { MappedEvent } from '../../rows/event-mapping.js';
import type { ImportWriter } from '../archive-writer.js';
import type { DraftingWriter, PartitionWriter } from '../partition-writer.js';
import type { FileImport } from './file-import.js';
import { archivedRow, isUnread } from './archived-row.js';
import { importInThreads } from './threads/import-in-threads.js';
import { threadsOfImport } from './threads/threads-of-import.js';
import { keepDamagedRows } from './keep-damaged-rows.js';
import { newDamageLimits, nothingReadable } from '../../rows/damage-limits.js';
import { importName, mappingStateName, type ImportProgress } from './import-progress.js';

/** Keys and values that are gathered before a commit, in bytes: a commit costs some milliseconds, whatever it holds. */
const commitBytes = 32 * 1024 * 1024;

/** So often threads go on behind rows that needed a look at them. */
const mostReturns = 8;

/** Rows between two looks at the event loop, where signals and timers wait. */
const rowsBetweenBreaths = 8192;

export interface FileCounts {
  readonly position: RowPosition;
  readonly events: number;
  readonly repeated: number;
  /** Rows that could not be read, and rows that contradict one that is there already; absent where there is none. */
  readonly damaged?: number;
  /** Of these, the ones that do not tell where they belong; absent where there is none. */
  readonly unplaced?: number;
}

/**
 * Imports the rows of one file from where `from` says, committing as it goes; the last rows are left for the caller to
 * commit together with the word that the file is finished.
 * @throws RecoveryError of the reader, the mapping or the archive, naming the row, also where none of the rows can be read or
 *   too many cannot; `interrupted` when it was stopped.
 */
export async function importFile(task: FileImport, from: ImportProgress, work: LongWork): Promise<FileCounts> {
  const { writer, rows, mapping, state } = task;
  const partitionOf = partitionsOf(writer, task.beginning);
  const limit = task.commitBytes ?? commitBytes;
  const limits = newDamageLimits(from);
  const keeping = keepDamagedRows({ ...task, limits });
  const { position, events, repeated } = from;
  const tally = { position, events, repeated };

  function counts(): FileCounts {
    const damaged = (from.damaged ?? 0) + keeping.count;
    const unplaced = (from.unplaced ?? 0) + keeping.unplaced;
    return { ...tally, ...(damaged > 0 && { damaged }), ...(unplaced > 0 && { unplaced }) };
  }

  /** One damaged row does not make a file another one than it should be; the first file has to show what it is. */
  function refuseNothing(): void {
    if (limits.first === null || tally.events + tally.repeated > 0) return;
    if (limits.count > 1 || writer.reached().length === 0) throw nothingReadable(limits.first, limits.count);
  }

  function commit(): void {
    writer.setProgress(importName(from.file), { ...from, ...counts() } satisfies ImportProgress);
    writer.setProgress(mappingStateName, saveMappingState(state));
    writer.commit();
  }

  function importBatch(batch: RowBatch): void {
    for (let i = 0; i < batch.count; i++) {
      keeping.keepBefore(batch, i);
      importRow(batch, i);
      if (writer.pendingBytes >= limit) {
        tally.position = batch.positionAfter(i);
        commit();
      }
    }
    tally.position = batch.positionAfter(batch.count - 1);
  }

  function importRow(batch: RowBatch, index: number): void {
    let event: MappedEvent;
    try {
      event = mapRow(batch, index, mapping, state);
    } catch (error) {
      if (task.damage === 'refuse' || !isRecoveryError(error)) throw error;
      keeping.keepRow(batch, index, error);
      return;
    }
    try {
      const stored = partitionOf(event);
      task.times.note(stored, event.time);
      if (archiveMappedEvent(stored, event) === 'appended') tally.events++;
      else tally.repeated++;
    } catch (error) {
      const refused = atRow(error, batch.place(index));
      const isDamage = isRecoveryError(refused) && ['conflicting-events', 'size-limit-exceeded'].includes(refused.code);
      if (task.damage === 'refuse' || !isDamage) throw refused;
      keeping.keepEvent(batch, index, event, refused);
    }
  }

  /** Imports in this thread, up to a byte or a little more; true at the end of the file. */
  async function importHere(until: number): Promise<boolean> {
    const start = isStart(tally.position) ? startOfRows : tally.position;
    const reader = rows.open(start, task.damage === 'keep' ? keeping.take : undefined);
    let breath = 0;
    try {
      for (;;) {
        const pending = reader.next();
        const batch = pending instanceof Promise ? await pending : pending;
        if (batch === null) {
          if (tally.position.rows === 0) {
            assertColumns(rows.file, reader, (row) =>
              mapRow(arrayBatch(rows.file, [row], -1), 0, mapping, newMappingState()),
            );
          }
          keeping.keepRest();
          refuseNothing();
          return true;
        }
        importBatch(batch);
        breath += batch.count;
        if (breath >= rowsBetweenBreaths) {
          breath = 0;
          await breathe(reader, rows, work, commit);
        }
        if ((tally.position.byte ?? 0) >= until && !keeping.isWaiting) return false;
      }
    } finally {
      reader.close();
    }
  }

  let threads = threadsOfImport(task);
  for (let returns = 0; ; returns++) {
    let until: number | null = Infinity;
    if (threads !== null) {
      const threaded = { ...task, ...threads, limit, tally, commit, breathe: breatheInThreads, atRow };
      until = await importInThreads(threaded);
      if (until === null && tally.position.rows > 0) return counts();
      // Compressed content would be read from its beginning each time, and a file with much to look at is read twice.
      if (rows.compression !== 'none' || returns === mostReturns) threads = null;
    }
    if (threads === null) until = Infinity;
    if (await importHere(until ?? Infinity)) return counts();
  }

  async function breatheInThreads(reader: Progressing, commitAll: () => Promise<void>): Promise<void> {
    let isStopped = false;
    await breathe(reader, rows, work, () => void (isStopped = true)).catch(async (error: unknown) => {
      if (isStopped) await commitAll();
      throw error;
    });
  }
}

type Progressing = Pick<RowReader, 'bytesRead'>;

function isStart({ rows, byte }: RowPosition): boolean {
  return rows === 0 && (byte === null || byte === 0);
}

/** Lets signals in, says how far it is, and stops cleanly when asked to. */
async function breathe(reader: Progressing, rows: RowSource, work: LongWork, commit: () => void): Promise<void> {
  work.onProgress?.({ phase: 'import', done: reader.bytesRead, total: rows.bytes, quarantined: 0 });
  await new Promise((resolve) => setImmediate(resolve));
  if (work.signal?.aborted !== true) return;
  commit();
  throw new RecoveryError('interrupted', `the import of ${rows.file} was stopped; what was read is stored`, {
    hint: 'run the same command again: it goes on where it stopped',
  });
}

/** Finds the writer of an event's partition; rows of one partition tend to share the very same texts. */
function partitionsOf(writer: ImportWriter, beginning: number): (event: MappedEvent) => DraftingWriter {
  let last: PartitionId | null = null;
  let byNumber = new Map<number, DraftingWriter>();
  return (event) => {
    if (
      last === null ||
      last.source !== event.source ||
      last.topic !== event.topic ||
      last.incarnation !== event.incarnation
    ) {
      last = event;
      byNumber = new Map();
    }
    let partition = byNumber.get(event.partition);
    if (partition === undefined) byNumber.set(event.partition, (partition = writer.partition(event, beginning)));
    return partition;
  };
}

function atRow(error: unknown, place: RowPlace): unknown {
  if (!isRecoveryError(error)) return error;
  const { code, message, hint, details } = error;
  return new RecoveryError(code, `${describeRowPlace(place)}: ${message}`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
    details: { ...details, ...place },
  });
}

/** Hands a mapped row to the archive. */
function archiveMappedEvent(partition: PartitionWriter, mapped: MappedEvent): 'appended' | 'repeated' {
  const { event, parsed, exact } = archivedRow(mapped);
  return isUnread(mapped) ? partition.append(event) : partition.appendParsed(event, parsed, exact);
}
