import type { PartitionId } from '../../../../model/log/partition-id.js';
import type { EventMapping } from '../../../rows/event-mapping.js';
import type { SegmentRow } from '../../segment-row.js';

/** What a thread that reads rows begins with. */
export interface RowThreadOrder {
  readonly file: string;
  readonly mapping: EventMapping;
}

/** Whole lines of a file, and where they begin in its content. */
export interface LinesOfFile {
  readonly bytes: ArrayBuffer;
  /** How many of the bytes are lines. */
  readonly length: number;
  readonly start: number;
  /** The content ends with them. */
  readonly last: boolean;
}

/** A segment to be packed of rows that the thread has. `ticket` is told back. */
export interface PackOrder {
  readonly ticket: number;
  readonly partition: PartitionId;
  readonly sequence: number;
  readonly previousNext: number;
  readonly columns: boolean;
  readonly offsets: Float64Array;
}

export type RowRequest =
  /** The rows are kept until a `pack` lets them go. */
  | { readonly kind: 'parse'; readonly chunk: number; readonly lines: LinesOfFile }
  | {
      readonly kind: 'pack';
      readonly chunk: number;
      readonly orders: readonly (PackOrder & { readonly indexes: Uint32Array })[];
      readonly isDone: boolean;
    }
  /** Rows of several chunks, as lines. */
  | { readonly kind: 'pack-lines'; readonly order: PackOrder; readonly bytes: ArrayBuffer };

/** The rows of a chunk, in columns; places are counted from the beginning of the chunk. */
export interface ChunkRows {
  /** The lines again. */
  readonly bytes: ArrayBuffer;
  readonly count: number;
  readonly partitions: readonly PartitionId[];
  /** Which of the partitions each row belongs to. */
  readonly partitionOf: Uint32Array;
  /** Meaningless where offsets are assigned. */
  readonly offsets: Float64Array;
  readonly times: Float64Array;
  /** The `pendingSize` of each. */
  readonly sizes: Float64Array;
  readonly begins: Uint32Array;
  /** Where the line behind each row begins. */
  readonly nexts: Uint32Array;
  readonly lineNumbers: Uint32Array;
  readonly lines: number;
}

export type RowAnswer =
  /** `rows` is null where a row is damaged, or needs a look at it for another reason. */
  | { readonly kind: 'parsed'; readonly chunk: number; readonly rows: ChunkRows | null }
  | { readonly kind: 'packed'; readonly segments: readonly PackedSegment[] };

export interface PackedSegment {
  readonly ticket: number;
  readonly row: SegmentRow;
  readonly sha256: Uint8Array;
}
