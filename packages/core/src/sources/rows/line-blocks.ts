import type { ByteChunks } from './byte-chunks.js';
import type { LineBlock } from './line-block.js';

export interface LineBlocks {
  /** The next block; null at the end; `too-long` when a line grows beyond the limit before its end is seen. */
  next(): LineBlock | 'too-long' | null | Promise<LineBlock | 'too-long' | null>;
  /** Where the line that is being put together begins. */
  readonly lineStart: number;
  /** Leaves the line out that was too long; the next block begins behind it. */
  skipLine(): void;
}

const lineFeed = 0x0a;

/**
 * Cuts pieces of any length at line ends: the tail of a piece without its line end is carried in front of the next. Never
 * holds more than the limit plus one piece.
 */
export function cutIntoLineBlocks(chunks: ByteChunks, start: number, maxLineBytes: number): LineBlocks {
  let workspace: Buffer = Buffer.allocUnsafeSlow(64 * 1024);
  let carried = 0;
  let lineStart = start;
  let ended = false;
  let skipping = false;

  function append(bytes: Buffer): void {
    const needed = carried + bytes.length;
    if (needed > workspace.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, workspace.length * 2));
      workspace.copy(larger, 0, 0, carried);
      workspace = larger;
    }
    bytes.copy(workspace, carried);
    carried = needed;
  }

  /** What lies behind the block that was handed out, to be carried once the caller is done with that block. */
  let tail: { from: number; to: number } | null = null;

  function releaseLastBlock(): void {
    if (tail === null) return;
    workspace.copyWithin(0, tail.from, tail.to);
    carried = tail.to - tail.from;
    tail = null;
  }

  function take(piece: Buffer | null): LineBlock | 'too-long' | null | undefined {
    let chunk = piece;
    if (chunk !== null && skipping) {
      const passed = chunk.indexOf(lineFeed) + 1;
      lineStart += passed === 0 ? chunk.length : passed;
      if (passed === 0) return undefined;
      skipping = false;
      chunk = chunk.subarray(passed);
      if (chunk.length === 0) return undefined;
    }
    if (chunk === null) {
      ended = true;
      if (carried === 0) return null;
      const block: LineBlock = { bytes: workspace.subarray(0, carried), start: lineStart, last: true };
      lineStart += carried;
      carried = 0;
      return block;
    }
    const end = chunk.lastIndexOf(lineFeed) + 1;
    const before = carried;
    append(chunk);
    if (end === 0) return carried > maxLineBytes ? 'too-long' : undefined;
    const length = before + end;
    const block: LineBlock = { bytes: workspace.subarray(0, length), start: lineStart, last: false };
    tail = { from: length, to: carried };
    lineStart += length;
    return block;
  }

  function next(): LineBlock | 'too-long' | null | Promise<LineBlock | 'too-long' | null> {
    releaseLastBlock();
    while (!ended) {
      const chunk = chunks.next();
      if (chunk instanceof Promise) {
        return chunk.then((arrived) => {
          const block = take(arrived);
          return block === undefined ? next() : block;
        });
      }
      const block = take(chunk);
      if (block !== undefined) return block;
    }
    return null;
  }

  return {
    next,
    get lineStart() {
      return lineStart;
    },
    skipLine() {
      skipping = true;
      lineStart += carried;
      carried = 0;
    },
  };
}
