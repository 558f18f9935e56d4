import type { CompiledMapping } from '../../../rows/compile-mapping.js';
import type { ArchivedRow, RemoteRows } from '../../remote-rows.js';
import { readChunk } from './read-chunk.js';
import type { ChunkRows } from './row-messages.js';

/** The lines of chunks as long as rows of them wait for their segment to be full. */
interface HeldChunks {
  /** Bytes of all of them. */
  readonly bytes: number;
  hold(chunk: number, rows: ChunkRows): void;
  /** So many rows of the chunk wait, or waited and were released. */
  keep(chunk: number, rows: number): void;
  /** The rows do not wait any more; chunks of which none does are let go, but for the one that is being taken. */
  release(rows: RemoteRows, except?: number): void;
  /** Lets a chunk go of which no row waits. */
  drop(chunk: number): void;
  /** The lines of rows, one behind the other. */
  linesOf(rows: RemoteRows): ArrayBuffer;
  /** Reads a row again. */
  read(chunk: number, index: number): ArchivedRow;
}

interface Held {
  readonly rows: ChunkRows;
  waiting: number;
}

export function heldChunks(file: string, mapping: CompiledMapping): HeldChunks {
  const held = new Map<number, Held>();
  let bytes = 0;

  function of(chunk: number): Held {
    const found = held.get(chunk);
    if (found === undefined) throw new Error('the chunk was let go');
    return found;
  }

  function drop(chunk: number): void {
    const found = held.get(chunk);
    if (found === undefined || found.waiting > 0) return;
    held.delete(chunk);
    bytes -= found.rows.bytes.byteLength;
  }

  function lineOf(chunk: number, index: number): Buffer {
    const { rows } = of(chunk);
    const begin = rows.begins[index] ?? 0;
    return Buffer.from(rows.bytes, begin, (rows.nexts[index] ?? begin) - begin);
  }

  return {
    get bytes() {
      return bytes;
    },
    hold(chunk, rows) {
      held.set(chunk, { rows, waiting: 0 });
      bytes += rows.bytes.byteLength;
    },
    keep(chunk, rows) {
      of(chunk).waiting += rows;
    },
    release({ chunks }, except = -1) {
      for (const chunk of chunks) {
        of(chunk).waiting--;
        if (chunk !== except) drop(chunk);
      }
    },
    drop,
    linesOf({ chunks, indexes }) {
      const lines = chunks.map((chunk, i) => lineOf(chunk, indexes[i] ?? 0));
      // The last line of a file may have no end.
      const joined = new ArrayBuffer(lines.reduce((sum, line) => sum + line.length + 1, 0));
      const all = Buffer.from(joined).fill(lineFeed);
      let at = 0;
      for (const line of lines) at += line.copy(all, at) + 1;
      return joined;
    },
    read(chunk, index) {
      const line = Uint8Array.from(lineOf(chunk, index)).buffer;
      const lines = { bytes: line, length: line.byteLength, start: 1, last: true };
      const row = readChunk(file, lines, mapping)?.rows[0];
      if (row === undefined) throw new Error('a line that was read cannot be read again');
      return row;
    },
  };
}

const lineFeed = 0x0a;
