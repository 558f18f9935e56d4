import type { PartitionId } from '../../model/log/partition-id.js';
import type { Offset } from '../../model/event/offset.js';
import type { ArchiveEvent } from './archive-event.js';
import type { DraftSegment } from './draft-segment.js';

/** Events of one partition that wait to be written, and stay in the thread that read them. */
export interface RemoteRows {
  readonly offsets: Offset[];
  /** Which chunk each is of, and its place among the rows of the chunk. */
  readonly chunks: number[];
  readonly indexes: number[];
  /** About the size of keys and values, in bytes. */
  size: number;
}

/** What a segment is packed of, and all that its hash covers besides. */
export interface SegmentOrder {
  readonly partition: PartitionId;
  readonly sequence: number;
  readonly previousNext: number;
  readonly rows: RemoteRows;
  /** Values may be stored as columns. */
  readonly columns: boolean;
}

/** Has a segment packed; its row is there later. */
export type SegmentPacker = (order: SegmentOrder) => DraftSegment;

/** An event as it goes into a segment, and what its reader knows of its value: see `PartitionWriter.appendParsed`. */
export interface ArchivedRow {
  readonly event: ArchiveEvent;
  readonly parsed: unknown;
  readonly exact: boolean;
}

/** Reads a row of a chunk again. */
export type ReadRemoteRow = (chunk: number, index: number) => ArchivedRow;

export function noRemoteRows(): RemoteRows {
  return { offsets: [], chunks: [], indexes: [], size: 0 };
}

export function addRemoteRow(rows: RemoteRows, offset: Offset, size: number, chunk: number, index: number): void {
  rows.offsets.push(offset);
  rows.chunks.push(chunk);
  rows.indexes.push(index);
  rows.size += size;
}
