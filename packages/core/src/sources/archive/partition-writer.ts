import { describePartition, type PartitionId } from '../../model/log/partition-id.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LogHole } from '../../model/log/event-log.js';
import type { Offset } from '../../model/event/offset.js';
import { sameEvent, type ArchiveEvent } from './archive-event.js';
import type { DraftSegment } from './draft-segment.js';
import { encodeSegment } from './encode-segment.js';
import { checkLimits, classifyValue } from './event-value.js';
import { addPendingEvent, noPendingEvents, pendingEvent, type PendingEvents } from './pending-events.js';
import type { PartitionSummary } from './partition-summary.js';
import { addRemoteRow, noRemoteRows, type ReadRemoteRow, type RemoteRows, type SegmentPacker } from './remote-rows.js';
import { segmentContent, storedEvent } from './segment-content.js';

/** Takes the events of one partition in rising order of offsets; nothing is stored before the archive's writer commits. */
export interface PartitionWriter {
  /** The first offset that can be appended. */
  readonly next: Offset;
  /** The highest time of what was committed; null where there is none. */
  readonly maxTime: number | null;
  /**
   * Appends an event. An exact repeat of one that is there already is recognised, counted and not stored again; offsets
   * that are left out become a hole with the reason `missing`.
   * @throws RecoveryError `conflicting-events` when another event stands at the offset, `offsets-out-of-order` when the
   *   offset falls back to where no event stands, `size-limit-exceeded` when the value is too large or too deep.
   */
  append(event: ArchiveEvent): 'appended' | 'repeated';
  /**
   * The same for values whose text the caller has just parsed, alone and with success: they are not parsed again. Values
   * given as bytes are kept as bytes, and parsed when they are read. `parsed` is what the text says (null for a tombstone),
   * which saves a second look at it; it is not changed, and must not be until the next commit. `exact`: the caller has looked
   * at the text, and no number in it loses digits.
   */
  appendParsed(event: ArchiveEvent, parsed?: unknown, exact?: boolean): 'appended' | 'repeated';
  /**
   * Notes that offsets hold no event, and why.
   * @throws RecoveryError `offsets-out-of-order` when it does not lie behind what is there.
   */
  addHole(hole: LogHole): void;
  /** Counts repeats that the archive recognised that these events are taken from. */
  countRepeated(times: number): void;
}

/** What one partition has to write at the next commit. */
export interface PartitionDraft {
  readonly summary: PartitionSummary;
  readonly segments: readonly DraftSegment[];
  readonly holes: readonly LogHole[];
  readonly repeated: number;
  readonly next: Offset;
}

export interface DraftingWriter extends PartitionWriter {
  readonly id: PartitionId;
  /** Whether a row that stays in another thread can be the next event: `here` where events wait that are in this one. */
  takesRemote(offset: Offset): 'yes' | 'here' | 'no';
  /** Appends a row of a chunk that another thread holds; `size` is its `pendingSize`. Only where `takesRemote` says yes. */
  appendRemote(offset: Offset, size: number, chunk: number, index: number): void;
  /** Takes the rows that wait in other threads into this one; `taken` is told which. */
  fetchRemote(read: ReadRemoteRow, taken: (rows: RemoteRows) => void): void;
  /** Ends the segment that is being gathered. */
  closeSegment(): void;
  /** Null when there is nothing to write. */
  draft(): PartitionDraft | null;
  /** The draft was committed. */
  settle(summary: PartitionSummary): void;
}

/** Events of a segment, about: enough that parsing dominates, few enough that a page stays small. */
const segmentEvents = 500;

/** A segment is closed early at this size of keys and values. */
const segmentBytes = 1024 * 1024;

/**
 * `stored` gives the event at an offset that is in the archive, or null. `grown` is told by how many bytes the draft grew.
 * `columns`: values may be stored as columns. `pack` has the rows packed that other threads hold.
 */
export function draftPartition(
  initial: PartitionSummary,
  stored: (summary: PartitionSummary, offset: Offset) => ArchiveEvent | null,
  grown: (bytes: number, events: number) => void,
  columns: boolean,
  pack: SegmentPacker,
): DraftingWriter {
  let summary = initial;
  let pending = noPendingEvents();
  let remote = noRemoteRows();
  let segments: DraftSegment[] = [];
  let holes: LogHole[] = [];
  let repeated = 0;
  let next = initial.next;
  let isNew = initial.segments === 0 && initial.next === initial.beginning;
  let hadEvents = initial.first !== null;
  const { source, topic, incarnation, partition } = initial;
  const id = { source, topic, incarnation, partition };

  function add(event: ArchiveEvent, parsed?: unknown, exact = false): 'appended' | 'repeated' {
    if (event.offset < next) return repeat(event);
    if (!Number.isSafeInteger(event.offset)) throw notAnOffset(summary, event.offset);
    if (!Number.isFinite(event.time) && !Number.isNaN(event.time)) throw notATime(summary, event);
    if (remote.offsets.length > 0) throw new Error('rows of other threads wait in front of this event');
    const before = pending.size;
    addPendingEvent(pending, event, parsed, exact);
    moveOn(event.offset, pending.size - before);
    if (pending.offsets.length >= segmentEvents || pending.size >= segmentBytes) closeSegment();
    return 'appended';
  }

  /** An event of this offset is there now. */
  function moveOn(offset: Offset, size: number): void {
    if (offset > next && hadEvents) holes.push({ from: next, to: offset, reason: 'missing' });
    hadEvents = true;
    next = offset + 1;
    grown(size, 1);
  }

  /** Packed at once: bytes outside of the heap instead of many small texts that the collector would move about. */
  function closeSegment(): void {
    const last = pending.offsets.at(-1) ?? remote.offsets.at(-1);
    if (last === undefined) return;
    const before = segments.at(-1)?.last ?? (summary.first === null ? -2 : summary.end - 1);
    const at = { sequence: summary.segments + segments.length, previousNext: before + 1 };
    if (remote.offsets.length > 0) {
      segments.push(pack({ partition: id, ...at, rows: remote, columns }));
      remote = noRemoteRows();
    } else {
      segments.push({ last, row: encodeSegment(pending, at.sequence, at.previousNext, columns), sha256: null });
      pending = noPendingEvents();
    }
  }

  function repeat(event: ArchiveEvent): 'repeated' {
    const there = inDraft(segments, pending, event.offset) ?? stored(summary, event.offset);
    if (there === null) throw fallingOffset(summary, event.offset, next);
    if (!sameEvent(there, event)) throw contradiction(summary, event.offset);
    repeated++;
    return 'repeated';
  }

  return {
    id,
    get next() {
      return next;
    },
    get maxTime() {
      return summary.maxTime;
    },
    append(event) {
      const value = classifyValue(event.value, () => `${describePartition(summary)}@${event.offset}`);
      return add({ ...event, key: classifyKey(event.key), value });
    },
    appendParsed(event, parsed, exact) {
      checkLimits(event.value, () => `${describePartition(summary)}@${event.offset}`);
      return add(event, parsed, exact);
    },
    addHole(hole) {
      if (hole.from < next || hole.to <= hole.from) throw fallingOffset(summary, hole.from, next);
      if (hole.from > next && hadEvents) holes.push({ from: next, to: hole.from, reason: 'missing' });
      holes.push({ from: hole.from, to: hole.to, reason: hole.reason });
      next = hole.to;
    },
    countRepeated(times) {
      repeated += times;
    },
    takesRemote(offset) {
      return offset < next ? 'no' : pending.offsets.length > 0 ? 'here' : 'yes';
    },
    appendRemote(offset, size, chunk, index) {
      addRemoteRow(remote, offset, size, chunk, index);
      moveOn(offset, size);
      if (remote.offsets.length >= segmentEvents || remote.size >= segmentBytes) closeSegment();
    },
    fetchRemote(read, taken) {
      const { chunks, indexes, offsets } = remote;
      for (let i = 0; i < offsets.length; i++) {
        const { event, parsed, exact } = read(chunks[i] as number, indexes[i] as number);
        addPendingEvent(pending, { ...event, offset: offsets[i] as number }, parsed, exact);
      }
      taken(remote);
      remote = noRemoteRows();
    },
    closeSegment,
    draft() {
      closeSegment();
      const nothing = segments.length === 0 && holes.length === 0 && repeated === 0 && !isNew;
      return nothing ? null : { summary, segments, holes, repeated, next };
    },
    settle(committed) {
      summary = committed;
      segments = [];
      holes = [];
      repeated = 0;
      isNew = false;
    },
  };
}

/** The event of an offset that waits for the commit. */
function inDraft(segments: readonly DraftSegment[], pending: PendingEvents, offset: Offset): ArchiveEvent | null {
  const waiting = pending.offsets.lastIndexOf(offset);
  if (waiting >= 0) return pendingEvent(pending, waiting);
  const segment = segments.find(({ last }) => offset <= last);
  if (segment?.row === null) throw new Error('a segment is still being packed');
  const row = segment !== undefined && segment.row.first <= offset ? segment.row : undefined;
  const content = row === undefined ? null : segmentContent(row);
  const index = content?.offsets.indexOf(offset) ?? -1;
  return content === null || index < 0 ? null : storedEvent(content, index);
}

function classifyKey(key: string | Uint8Array | null): string | Uint8Array | null {
  if (key === null || typeof key === 'string') return key;
  const bytes = Buffer.from(key); // a copy: the caller may use its buffer again
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : bytes;
}

function fallingOffset(partition: PartitionId, offset: Offset, next: Offset): RecoveryError {
  return new RecoveryError(
    'offsets-out-of-order',
    `${describePartition(partition)}: offset ${offset} comes after offset ${next - 1}`,
    {
      hint: 'offsets of a partition must rise: sort the input by partition and offset',
      details: { topic: partition.topic, partition: partition.partition, offset: String(offset), next: String(next) },
    },
  );
}

function contradiction(partition: PartitionId, offset: Offset): RecoveryError {
  return new RecoveryError(
    'conflicting-events',
    `${describePartition(partition)}@${offset}: two different events claim this offset`,
    {
      hint: 'the inputs come from different logs, or one was changed: import only the right one, or give the other its own source name',
      details: { topic: partition.topic, partition: partition.partition, offset: String(offset) },
    },
  );
}

function notAnOffset(partition: PartitionId, offset: unknown): RecoveryError {
  return new RecoveryError('invalid-field', `${describePartition(partition)}: ${String(offset)} is not an offset`, {
    hint: 'an offset is a whole number from 0 to 9007199254740991',
  });
}

function notATime(partition: PartitionId, event: ArchiveEvent): RecoveryError {
  return new RecoveryError(
    'invalid-field',
    `${describePartition(partition)}@${event.offset}: ${event.time} is not a time`,
    { hint: 'a time is a finite number of milliseconds since 1970, or NaN where there is none' },
  );
}
