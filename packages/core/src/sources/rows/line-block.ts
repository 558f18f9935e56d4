/** Whole lines, one after the other. */
export interface LineBlock {
  /** Ends behind a line feed, except for a last line without one. Valid until the next block is asked for. */
  readonly bytes: Buffer;
  /** Offset of the first byte in the content. */
  readonly start: number;
  /** The content ends with this block. */
  readonly last: boolean;
}
