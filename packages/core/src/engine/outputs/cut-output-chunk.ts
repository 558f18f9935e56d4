import { chunkHeadOf, type ChunkHead } from './output-columns.js';

/** The outputs of a chunk, of which the values stay where they are: output `n` has the bytes from `starts[n]` to `ends[n]`. */
export interface CutChunk extends ChunkHead {
  readonly bytes: Buffer;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The values are the last of so many columns. */
const columnsInFront = 9;

/**
 * Cuts the text of a chunk (see `OutputColumns`) into its values, for whoever writes them elsewhere as JSON: what was printed
 * once need not be parsed and printed again. What it buys: of the processor time of `draftPublication` for an output of the bench
 * `kafka-publish`, `parseOutputChunk` and `JSON.stringify` of each value took 1.9 us of 8.2, and this takes 0.7 of 5.5 (`node --cpu-prof`).
 * @param bytes UTF-8, as `JSON.stringify` printed it, which is to be sure of by its hash
 */
export function cutOutputChunk(bytes: Buffer): CutChunk {
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 1;
  for (let column = 0; column < columnsInFront; column++) at = endOfValue(bytes, at) + 1;
  const head = chunkHeadOf(`${bytes.toString('utf8', 0, at - 1)}]`);
  at++;
  while (at < bytes.length && bytes[at] !== closeBracket) {
    const end = endOfValue(bytes, at);
    starts.push(at);
    ends.push(end);
    at = bytes[end] === comma ? end + 1 : end;
  }
  return { ...head, bytes, starts, ends };
}

/** Where a value ends that begins at `at`: at the comma or bracket behind it. */
function endOfValue(bytes: Buffer, at: number): number {
  for (let depth = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) {
      while (bytes[++at] !== quote) {
        if (bytes[at] === backslash) at++;
        else if (at >= bytes.length) return at;
      }
    } else if (byte === openBrace || byte === openBracket) depth++;
    else if (byte === closeBrace || byte === closeBracket) {
      if (depth-- === 0) return at;
    } else if (byte === comma && depth === 0) return at;
  }
  return at;
}
