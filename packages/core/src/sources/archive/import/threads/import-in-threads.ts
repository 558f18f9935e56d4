import { offsetsAreAssigned } from '../../../rows/compile-mapping.js';
import { offsetAssigner } from '../../../rows/mapping-state.js';
import type { LineReader, RowPlace, RowPosition } from '../../../rows/row-source.js';
import type { DraftingWriter } from '../../partition-writer.js';
import type { SegmentOrder } from '../../remote-rows.js';
import type { FileImport } from '../file-import.js';
import { heldChunks } from './held-chunks.js';
import { lineChunks } from './line-chunks.js';
import type { ChunkRows, LinesOfFile } from './row-messages.js';
import { startRowThreads, type PackedHere } from './row-threads.js';
import type { ImportThreads } from './threads-of-import.js';

/** Lines that are given to a thread at once. */
const defaultChunkBytes = 4 * 1024 * 1024;

/** Lines that are read at once; few enough that what is copied is still in the processor's cache. */
const blockBytes = 128 * 1024;

/** Chunks that each thread has to do at a time: one that it parses, and one that waits. */
const chunksOfThread = 2;

/** Lines whose rows wait for the segments of their partitions; beyond that the rows are read again here. */
const mostHeldBytes = 64 * 1024 * 1024;

/** How far an import has come, shared with whoever goes on. */
interface ImportTally {
  position: RowPosition;
  events: number;
}

/** What an import in threads needs of the import that it is a part of. */
interface ThreadedImport extends Omit<FileImport, 'threads'>, ImportThreads {
  /** Bytes that are committed together. */
  readonly limit: number;
  readonly tally: ImportTally;
  readonly commit: () => void;
  /** Says how far it is, and throws where it is asked to stop, having committed. */
  readonly breathe: (reader: LineReader, commit: () => Promise<void>) => Promise<void>;
  /** An error that names the row. */
  readonly atRow: (error: unknown, place: RowPlace) => unknown;
}

/**
 * Imports rows as long as they are usual: parsed, mapped, packed and hashed in threads, put in order and written in this one. What
 * is stored is what one thread alone would store: offsets are given, segments ended and commits made row by row, in the order of
 * the file. Rows that need a look at them (damage, repeats, numbers that lose digits) are left to the caller, who goes on from
 * `tally.position`.
 * @returns null at the end of the file; else the byte up to which the caller has to read
 */
export async function importInThreads(task: ThreadedImport): Promise<number | null> {
  const { writer, tally, mapping, rows: source } = task;
  const chunkBytes = task.chunkBytes ?? defaultChunkBytes;
  const assigned = offsetsAreAssigned(mapping);
  const held = heldChunks(source.file, mapping);
  const threads = startRowThreads(task.threads, { file: source.file, mapping: mapping.mapping });
  const reader = task.openLines(tally.position, Math.min(chunkBytes, blockBytes));
  const chunks = lineChunks(reader, chunkBytes);
  const queue: {
    readonly chunk: number;
    readonly lines: LinesOfFile;
    readonly end: number;
    readonly rows: Promise<ChunkRows | null>;
  }[] = [];
  let orders: PackedHere[] = [];
  let current = -1;
  let tickets = 0;
  let nextChunk = 0;
  writer.packWith(pack);

  function pack({ partition, sequence, previousNext, columns, rows }: SegmentOrder) {
    const { chunks: of, indexes } = rows;
    const segment: { last: number; row: null | Parameters<PackedHere['take']>[0]; sha256: Buffer | null } = {
      last: rows.offsets.at(-1) ?? 0,
      row: null,
      sha256: null,
    };
    const take: PackedHere['take'] = (row, sha256) => void Object.assign(segment, { row, sha256 });
    const offsets = Float64Array.from(rows.offsets);
    const order = { ticket: tickets++, partition, sequence, previousNext, columns, offsets };
    if (of.every((chunk) => chunk === current)) {
      orders.push({ order: { ...order, indexes: Uint32Array.from(indexes) }, take });
    } else {
      threads.packLines(order, held.linesOf(rows), take);
    }
    held.release(rows, current);
    return segment;
  }

  function sendOrders(isDone: boolean): void {
    if (current >= 0) threads.pack(current, orders, isDone);
    orders = [];
  }

  async function fill(): Promise<void> {
    while (queue.length < task.threads * chunksOfThread) {
      const lines = await chunks.next();
      if (lines === null) return;
      const chunk = nextChunk++;
      const end = lines.start + lines.length;
      const rows = threads.parse(chunk, lines);
      rows.catch(() => undefined); // awaited when it is its turn
      queue.push({ chunk, lines, end, rows });
    }
  }

  async function commit(): Promise<void> {
    writer.closeSegments();
    sendOrders(false);
    await threads.settled();
    task.commit();
  }

  /** Takes the rows of a chunk one after the other; false where one needs a look at it. */
  async function takeChunk(rows: ChunkRows, start: number): Promise<boolean> {
    const { count, partitionOf, offsets, times, sizes } = rows;
    const writers = rows.partitions.map((partition) => writer.partition(partition, task.beginning));
    const assign = assigned ? offsetAssigner(task.state, rows.partitions) : null;
    const before = tally.position;
    const linesBefore = lines;
    const lineOf = (index: number): number => linesBefore + (rows.lineNumbers[index] ?? 0) + 1;
    let taken = 0;
    let waiting = 0;

    /** What was taken is told to all who are asked where the import is. */
    function tell(): void {
      if (taken === 0) return;
      const byte = start + (rows.nexts[taken - 1] ?? 0);
      tally.position = { rows: before.rows + taken, lines: lineOf(taken - 1), byte };
      tally.events += before.rows + taken - toldRows;
      task.state.rows += before.rows + taken - toldRows;
      toldRows = before.rows + taken;
      assign?.save();
    }

    let toldRows = before.rows;
    for (; taken < count; taken++) {
      const number = partitionOf[taken] as number;
      const partition = writers[number] as DraftingWriter;
      const offset = assign === null ? (offsets[taken] as number) : assign.next(number);
      const takes = partition.takesRemote(offset);
      if (takes === 'no') break;
      assign?.take(number);
      try {
        task.times.note(partition, times[taken] as number);
      } catch (error) {
        const byte = start + (rows.begins[taken] ?? 0);
        throw task.atRow(error, { file: source.file, unit: 'line', number: lineOf(taken), byte });
      }
      if (takes === 'yes') {
        waiting++;
        partition.appendRemote(offset, sizes[taken] as number, current, taken);
      } else {
        const { event, parsed, exact } = held.read(current, taken);
        partition.appendParsed({ ...event, offset }, parsed, exact);
      }
      if (writer.pendingBytes < task.limit) continue;
      taken++;
      tell();
      await commit();
      taken--;
    }
    tell();
    held.keep(current, waiting);
    return taken === count;
  }

  let { lines } = tally.position;
  try {
    await fill();
    for (let first = queue.shift(); first !== undefined; first = queue.shift()) {
      const rows = await first.rows;
      if (rows === null) return await leave(first.end);
      current = first.chunk;
      held.hold(current, rows);
      const isUsual = await takeChunk(rows, first.lines.start);
      lines += rows.lines;
      sendOrders(true);
      held.drop(current);
      current = -1;
      if (!isUsual) return await leave(first.end);
      if (held.bytes > mostHeldBytes) fetchWaiting();
      await task.breathe(reader, commit);
      await fill();
    }
    if (chunks.isUnusual) return await leave(Infinity);
    // The caller commits now, which ends all segments.
    writer.closeSegments();
    await threads.settled();
    return null;
  } finally {
    reader.close();
    threads.close();
  }

  /** Takes all that is in other threads into this one. */
  async function leave(until: number): Promise<number> {
    fetchWaiting();
    await threads.settled();
    return until;
  }

  function fetchWaiting(): void {
    writer.fetchRemote(held.read, held.release);
  }
}
