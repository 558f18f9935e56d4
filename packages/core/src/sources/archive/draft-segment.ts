import type { Offset } from '../../model/event/offset.js';
import type { SegmentRow } from './segment-row.js';

/** A segment that waits for the commit. */
export interface DraftSegment {
  readonly last: Offset;
  /** Null as long as another thread packs it. */
  readonly row: SegmentRow | null;
  /** Its hash where whoever packed it has made it. */
  readonly sha256: Buffer | null;
}
