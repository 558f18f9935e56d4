import type { Offset } from '../../model/event/offset.js';
import type { PageReader, ReadRequest } from '../../model/log/event-log.js';
import type { EventPage } from '../../model/log/event-page.js';
import { isSamePartition } from '../../model/log/partition-table.js';
import { offsetsAreAssigned, type CompiledMapping } from '../rows/compile-mapping.js';
import type { RowSource } from '../rows/row-source.js';
import { openEventCursor } from './event-cursor.js';
import { eventPageOfRows } from './event-page-of-rows.js';
import { mappingStateAt, markBefore, type FileMark } from './file-marks.js';
import type { PartitionScan } from './partition-scan.js';
import type { FilesScan } from './scan-files.js';
import { laneBudget, openSharedStream, takeFromLane, type SharedStream, type StreamLane } from './shared-stream.js';

/** Opens readers of single partitions over files that hold many, so that together they read the files about once. */
export interface PartitionReads {
  read(request: ReadRequest): PageReader;
  close(): void;
}

/** A page may be short when so many batches of rows brought no more for its partition. */
const patience = 32;

/** So many rows ahead, a partition gets a stream of its own. */
const farAhead = 40_000;

export function partitionReads(
  files: readonly RowSource[],
  mapping: CompiledMapping,
  scan: FilesScan,
  pageSize: number,
  bufferBytes: number,
): PartitionReads {
  const budget = laneBudget(bufferBytes, scan.partitions.length);
  /** A page of large events is full before it has all its events. */
  const pageBytes = Math.ceil(budget / 4);
  const assigned = offsetsAreAssigned(mapping);
  const streams = new Set<SharedStream>();
  const damaged = new Map(scan.partitions.map((partition) => [partition, damagedOffsets(partition)]));
  const damagedOf = (partition: PartitionScan) => damaged.get(partition) ?? null;
  /** Lanes that readers hold. */
  const held = new Set<StreamLane>();

  /** A lane of a stream that is there, or of a new one that begins where this reader has to; null where nothing is left. */
  function joinStream(request: ReadRequest, from: Offset, to: Offset): StreamLane | null {
    const index = scan.partitions.findIndex((partition) => isSamePartition(partition, request));
    if (index < 0 || from >= to) return null;
    const mark = markBefore(scan.marks, index, from);
    for (const stream of streams) {
      // Where the partition goes on far behind, as with a file a partition, going there would leave all others behind.
      if (mark.rowsBefore > stream.rowsPassed + farAhead) continue;
      const lane = stream.claim(request, from, to);
      if (lane !== null) return lane;
    }
    return newStream(mark, request).claim(request, from, to);
  }

  function newStream(mark: FileMark, request: ReadRequest): SharedStream {
    // It holds the same ready again, and two of them would hold twice as much.
    for (const stream of streams) stream.abandonUnclaimed();
    const cursor = openEventCursor(files, mapping, mappingStateAt(mark, scan.partitions, assigned), mark.at);
    const lanes = scan.partitions.flatMap((partition, index) => {
      const start = mark.next[index] ?? 0;
      const lane = emptyLane(partition, start, damagedOf(partition));
      if (isSamePartition(partition, request)) return [lane];
      const others = [...held].filter((other) => isSamePartition(other, partition));
      // Who was left behind elsewhere goes on here; for who has not come yet something is held ready.
      const waiting = others.find((other) => other.stream === null && other.wanted >= start && other.wanted < other.to);
      return waiting !== undefined ? [waiting] : others.length === 0 ? [lane] : [];
    });
    const stream = openSharedStream(cursor, mark.rowsBefore, lanes, budget, () => streams.delete(stream));
    streams.add(stream);
    return stream;
  }

  function read(request: ReadRequest): PageReader {
    const to = endOfEvents(scan, request);
    let lane: StreamLane | null = null;
    let from = request.from;
    let tries = 0;
    let ended = false;

    function join(): StreamLane | null {
      if (lane !== null && (lane.stream !== null || lane.queue.length > 0)) return lane;
      leave();
      lane = joinStream(request, from, to);
      if (lane !== null) held.add(lane);
      return lane;
    }

    function leave(): void {
      if (lane === null) return;
      held.delete(lane);
      lane.stream?.release(lane);
      lane = null;
    }

    function page(of: StreamLane): EventPage {
      const events = takeFromLane(of, pageSize, pageBytes);
      from = (events.at(-1)?.offset ?? from) + 1;
      tries = 0;
      return eventPageOfRows(events);
    }

    function end(): null {
      ended = true;
      leave();
      return null;
    }

    /** The files have ended, or the reader was closed: what is queued is the last of it. */
    function finish(of: StreamLane): EventPage | null {
      return !ended && of.queue.length > 0 ? page(of) : end();
    }

    function next(): EventPage | null | Promise<EventPage | null> {
      while (!ended) {
        const joined = join();
        if (joined === null) return end();
        const { stream, queue } = joined;
        if (stream === null || joined.wanted >= to) return finish(joined);
        const full = queue.length >= pageSize || joined.weight >= pageBytes;
        if (full || (tries >= patience && queue.length > 0)) return page(joined);
        const more = stream.advance();
        tries++;
        if (more instanceof Promise) return more.then((some) => (some ? next() : finish(joined)));
        if (!more) return finish(joined);
      }
      return null;
    }

    return { next, close: () => void end() };
  }

  return {
    read,
    close() {
      for (const stream of streams) stream.close();
      streams.clear();
    },
  };
}

function emptyLane(
  { source, topic, incarnation, partition }: StreamLaneId,
  start: Offset,
  damaged: StreamLane['damaged'],
): StreamLane {
  const id = { source, topic, incarnation, partition };
  const empty = { queue: [], weights: [], weight: 0, claimed: false, stream: null };
  return { ...id, start, wanted: start, to: Infinity, damaged, ...empty };
}

/** Offsets whose events are not to be believed; null where there are none. */
function damagedOffsets({ holes }: PartitionScan): StreamLane['damaged'] {
  const damaged = new Set<Offset>();
  for (const { from, to, reason } of holes) {
    if (reason === 'damaged') for (let offset = from; offset < to; offset++) damaged.add(offset);
  }
  return damaged.size === 0 ? null : damaged;
}

type StreamLaneId = Pick<StreamLane, 'source' | 'topic' | 'incarnation' | 'partition'>;

/** Behind the last event of a range: holes at its end are not waited for. */
function endOfEvents(scan: FilesScan, request: ReadRequest): Offset {
  const partition = scan.partitions.find((candidate) => isSamePartition(candidate, request));
  if (partition === undefined) return request.from;
  const to = Math.min(request.to, partition.next);
  return partition.holes.reduceRight((end, hole) => (hole.from < end && end <= hole.to ? hole.from : end), to);
}
