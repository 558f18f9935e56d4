import type { LineBlock } from '../../../rows/line-blocks.js';
import type { LineReader } from '../../../rows/row-source.js';
import type { LinesOfFile } from './row-messages.js';

/** The lines of a file in chunks, each with memory of its own. */
export interface LineChunks {
  /** Null at the end, or where `isUnusual`. */
  next(): Promise<LinesOfFile | null>;
  /** What follows the last chunk must be read as rows: there the reader stopped for another reason than the end. */
  readonly isUnusual: boolean;
}

/** Puts the blocks of a reader together to chunks of at least so many bytes. */
export function lineChunks(reader: LineReader, chunkBytes: number): LineChunks {
  let isOver = false;
  let isUnusual = false;

  async function nextBlock(): Promise<LineBlock | null> {
    // Whoever reads the rows behind the last chunk meets the same failure, and names it.
    const block = await Promise.resolve()
      .then(() => reader.next())
      .catch(() => 'unusual' as const);
    if (block === 'unusual') isUnusual = true;
    isOver = block === 'unusual' || block === null || block.last;
    return block === 'unusual' ? null : block;
  }

  return {
    get isUnusual() {
      return isUnusual;
    },
    async next() {
      const pieces: Buffer[] = [];
      let start = 0;
      let length = 0;
      let last = false;
      while (!isOver && length < chunkBytes) {
        const block = await nextBlock();
        if (block === null) break;
        if (pieces.length === 0) ({ start } = block);
        const piece = Buffer.allocUnsafeSlow(block.bytes.length);
        block.bytes.copy(piece);
        pieces.push(piece);
        length += block.bytes.length;
        ({ last } = block);
      }
      const [first] = pieces;
      if (first === undefined) return null;
      if (pieces.length === 1) return { bytes: first.buffer as ArrayBuffer, start, last };
      const bytes = new ArrayBuffer(length);
      const all = Buffer.from(bytes);
      let at = 0;
      for (const piece of pieces) at += piece.copy(all, at);
      return { bytes, start, last };
    },
  };
}
