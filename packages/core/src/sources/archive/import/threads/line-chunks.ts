import type { LineBlock } from '../../../rows/line-block.js';
import type { LineReader } from '../../../rows/row-source.js';
import type { LinesOfFile } from './row-messages.js';

/** The lines of a file in chunks, each with memory of its own. */
interface LineChunks {
  /** Null at the end, or where `isUnusual`. */
  next(): Promise<LinesOfFile | null>;
  /** What follows the last chunk must be read as rows: there the reader stopped for another reason than the end. */
  readonly isUnusual: boolean;
}

/** Puts the blocks of a reader together to chunks of about so many bytes. */
export function lineChunks(reader: LineReader, chunkBytes: number): LineChunks {
  let isOver = false;
  let isUnusual = false;
  /** Did not fit into the last chunk. */
  let ahead: LineBlock | null = null;

  async function nextBlock(): Promise<LineBlock | null> {
    if (isOver) return null;
    try {
      const pending = reader.next();
      const block = pending instanceof Promise ? await pending : pending;
      if (block !== 'unusual') {
        isOver = block === null || block.last;
        return block;
      }
    } catch {
      // Whoever reads the rows behind the last chunk meets the same failure, and names it.
    }
    isOver = true;
    isUnusual = true;
    return null;
  }

  return {
    get isUnusual() {
      return isUnusual;
    },
    async next() {
      let block = ahead ?? (await nextBlock());
      ahead = null;
      if (block === null) return null;
      const { start } = block;
      const chunk = Buffer.allocUnsafeSlow(Math.max(chunkBytes, block.bytes.length));
      let length = 0;
      let last = false;
      while (block !== null) {
        if (length + block.bytes.length > chunk.length) {
          ahead = block;
          break;
        }
        length += block.bytes.copy(chunk, length);
        ({ last } = block);
        block = await nextBlock();
      }
      return { bytes: chunk.buffer, length, start, last };
    },
  };
}
