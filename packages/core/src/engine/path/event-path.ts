import type { PartitionCursor } from './partition-cursor.js';

/** Where one partition of a path stands, as the loop that handles events reads it. */
export type EventCursor = Pick<
  PartitionCursor,
  | 'id'
  | 'place'
  | 'page'
  | 'index'
  | 'count'
  | 'offsets'
  | 'order'
  | 'clock'
  | 'flags'
  | 'segment'
  | 'watermark'
  | 'lastClock'
>;

/** A sequence of events over several partitions: see `Path`, which makes it of logs. */
export interface EventPath {
  readonly cursors: readonly EventCursor[];
  readonly head: EventCursor | null;
  readonly mustLoad: boolean;
  load(): undefined | Promise<undefined>;
  step(): void;
  hold(): void;
  close(): void;
}
