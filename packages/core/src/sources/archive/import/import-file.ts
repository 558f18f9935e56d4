import { isRecoveryError, RecoveryError } from '../../../model/errors/recovery-error.js';
import type { LongWork } from '../../../model/strategy/strategy.js';
import type { PartitionId } from '../../../model/log/partition-id.js';
import {
  describeRowPlace,
  startOfRows,
  type RowBatch,
  type RowPosition,
  type RowReader,
  type RowSource,
} from '../../rows/row-source.js';
import { mapRow } from '../../rows/map-row.js';
import { saveMappingState, type MappingState } from '../../rows/mapping-state.js';
import type { CompiledMapping } from '../../rows/compile-mapping.js';
import type { MappedEvent } from '../../rows/event-mapping.js';
import type { ArchiveWriter } from '../archive-writer.js';
import type { PartitionWriter } from '../partition-writer.js';
import { archiveMappedEvent } from './archive-mapped-event.js';
import type { TimesOfFile } from './times-of-files.js';
import { importName, mappingStateName, type ImportProgress } from './import-progress.js';

/** Keys and values that are gathered before a commit, in bytes: a commit costs some milliseconds, whatever it holds. */
const commitBytes = 32 * 1024 * 1024;

/** Rows between two looks at the event loop, where signals and timers wait. */
const rowsBetweenBreaths = 8192;

/** What a file is imported with. */
export interface FileImport {
  readonly writer: ArchiveWriter;
  readonly rows: RowSource;
  readonly mapping: CompiledMapping;
  readonly state: MappingState;
  /** Oldest offset that new partitions ever had. */
  readonly beginning: number;
  readonly times: TimesOfFile;
  readonly commitBytes?: number;
}

export interface FileCounts {
  readonly position: RowPosition;
  readonly events: number;
  readonly repeated: number;
}

/**
 * Imports the rows of one file from where `from` says, committing as it goes; the last rows are left for the caller to
 * commit together with the word that the file is finished.
 * @throws RecoveryError of the reader, the mapping or the archive, naming the row; `interrupted` when it was stopped.
 */
export async function importFile(task: FileImport, from: ImportProgress, work: LongWork): Promise<FileCounts> {
  const { writer, rows, mapping, state } = task;
  const partitionOf = partitionsOf(writer, task.beginning);
  const limit = task.commitBytes ?? commitBytes;
  const reader = rows.open(from.position.rows === 0 ? startOfRows : from.position);
  let { position, events, repeated } = from;
  let breath = 0;

  function commit(): void {
    writer.setProgress(importName(from.file), { ...from, position, events, repeated } satisfies ImportProgress);
    writer.setProgress(mappingStateName, saveMappingState(state));
    writer.commit();
  }

  function importBatch(batch: RowBatch): void {
    for (let i = 0; i < batch.count; i++) {
      importRow(batch, i);
      if (writer.pendingBytes >= limit) {
        position = batch.positionAfter(i);
        commit();
      }
    }
    position = batch.positionAfter(batch.count - 1);
  }

  function importRow(batch: RowBatch, index: number): void {
    const event = mapRow(batch, index, mapping, state);
    try {
      const stored = partitionOf(event);
      task.times.note(event, stored.maxTime);
      if (archiveMappedEvent(stored, event) === 'appended') events++;
      else repeated++;
    } catch (error) {
      throw atRow(error, batch, index);
    }
  }

  try {
    for (;;) {
      const pending = reader.next();
      const batch = pending instanceof Promise ? await pending : pending;
      if (batch === null) return { position, events, repeated };
      importBatch(batch);
      breath += batch.count;
      if (breath >= rowsBetweenBreaths) {
        breath = 0;
        await breathe(reader, rows, work, commit);
      }
    }
  } finally {
    reader.close();
  }
}

/** Lets signals in, says how far it is, and stops cleanly when asked to. */
async function breathe(reader: RowReader, rows: RowSource, work: LongWork, commit: () => void): Promise<void> {
  work.onProgress?.({ phase: 'import', done: reader.bytesRead, total: rows.bytes, quarantined: 0 });
  await new Promise((resolve) => setImmediate(resolve));
  if (work.signal?.aborted !== true) return;
  commit();
  throw new RecoveryError('interrupted', `the import of ${rows.file} was stopped; what was read is stored`, {
    hint: 'run the same command again: it goes on where it stopped',
  });
}

/** Finds the writer of an event's partition; rows of one partition tend to share the very same texts. */
function partitionsOf(writer: ArchiveWriter, beginning: number): (event: MappedEvent) => PartitionWriter {
  let last: PartitionId | null = null;
  let byNumber = new Map<number, PartitionWriter>();
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

function atRow(error: unknown, batch: RowBatch, index: number): unknown {
  if (!isRecoveryError(error)) return error;
  const place = batch.place(index);
  const { code, message, hint, details } = error;
  return new RecoveryError(code, `${describeRowPlace(place)}: ${message}`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
    details: { ...details, ...place },
  });
}
