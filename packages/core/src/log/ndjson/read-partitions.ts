import type { CompiledMapping } from '../../records/compile-mapping.js';
import type { RowSource } from '../../records/row-source.js';
import type { PageReader, ReadRequest } from '../event-log.js';
import type { EventPage } from '../event-page.js';
import { isSamePartition } from '../partition-table.js';
import { openEventCursor } from './event-cursor.js';
import { eventPageOfRows } from './event-page-of-rows.js';
import { mappingStateAt, markBefore, type FileMark } from './file-marks.js';
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
  const streams = new Set<SharedStream>();
  const assigned = mapping.form === 'columns' && mapping.offset === null;

  /** A lane of a stream that is there, or of a new one that begins where this reader has to. */
  function joinStream(request: ReadRequest, from: number, to: number): [SharedStream, StreamLane] | null {
    const index = scan.partitions.findIndex((partition) => isSamePartition(partition, request));
    if (index < 0 || from >= to) return null;
    const mark = markBefore(scan.marks, index, from);
    for (const stream of streams) {
      // Where the partition goes on far behind, as with a file a partition, going there would leave all others behind.
      if (mark.rowsBefore > stream.rowsPassed + farAhead) continue;
      const lane = stream.claim(request, from, to);
      if (lane !== null) return [stream, lane];
    }
    const stream = newStream(mark);
    const lane = stream.claim(request, from, to);
    return lane === null ? null : [stream, lane];
  }

  function newStream(mark: FileMark): SharedStream {
    const cursor = openEventCursor(files, mapping, mappingStateAt(mark, scan.partitions, assigned), mark.at);
    const lanes = scan.partitions.map((partition, index): StreamLane => {
      const { source, topic, incarnation, partition: number } = partition;
      const start = mark.next[index] ?? 0;
      const id = { source, topic, incarnation, partition: number };
      return {
        ...id,
        start,
        wanted: start,
        to: Infinity,
        queue: [],
        weights: [],
        weight: 0,
        claimed: false,
        attached: true,
      };
    });
    const stream = openSharedStream(cursor, mark.rowsBefore, lanes, budget, () => streams.delete(stream));
    streams.add(stream);
    return stream;
  }

  function read(request: ReadRequest): PageReader {
    const to = endOfEvents(scan, request);
    let joined: [SharedStream, StreamLane] | null = null;
    let from = request.from;
    let tries = 0;
    let ended = false;

    function page(lane: StreamLane): EventPage {
      const events = takeFromLane(lane, pageSize, pageBytes);
      from = (events.at(-1)?.offset ?? from) + 1;
      tries = 0;
      return eventPageOfRows(events);
    }

    function end(): null {
      ended = true;
      if (joined !== null) joined[0].release(joined[1]);
      joined = null;
      return null;
    }

    function next(): EventPage | null | Promise<EventPage | null> {
      while (!ended) {
        if (joined !== null && !joined[1].attached && joined[1].queue.length === 0) joined = null;
        joined ??= joinStream(request, from, to);
        if (joined === null) return end();
        const [stream, lane] = joined;
        const complete = !lane.attached || lane.wanted >= to;
        const enough = complete ? lane.queue.length > 0 : lane.queue.length >= pageSize || lane.weight >= pageBytes;
        if (enough || (tries >= patience && lane.queue.length > 0)) return page(lane);
        if (complete && lane.attached) return end();
        const more = stream.advance();
        tries++;
        if (more instanceof Promise) return more.then((some) => (some ? next() : finish(lane)));
        if (!more) return finish(lane);
      }
      return null;
    }

    /** The files have ended: what is queued is the last of it. */
    function finish(lane: StreamLane): EventPage | null | Promise<EventPage | null> {
      if (ended) return null;
      return lane.queue.length > 0 ? page(lane) : end();
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

/** Behind the last event of a range: holes at its end are not waited for. */
function endOfEvents(scan: FilesScan, request: ReadRequest): number {
  const partition = scan.partitions.find((candidate) => isSamePartition(candidate, request));
  if (partition === undefined) return request.from;
  const to = Math.min(request.to, partition.next);
  const hole = partition.holes.find((candidate) => candidate.from < to && to <= candidate.to);
  return hole === undefined ? to : hole.from;
}
