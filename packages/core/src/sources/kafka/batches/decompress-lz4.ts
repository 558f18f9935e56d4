import { Malformed } from './malformed.js';

const frameMagic = 0x184d2204;
/** Any of sixteen magic numbers, whose lower four bits are free: a frame with something else, to be stepped over. */
const skippableMagic = 0x184d2a50;

/** In bytes: runs that are longer are copied by a call. */
const longRun = 32;

/** No sequence of bytes can expand to more than this many times its length. */
const largestRatio = 255;

/**
 * Decompresses LZ4 frames, as the format of LZ4 frames 1.6 defines them. Checksums are stepped over and not compared: the
 * CRC of the batch covers them all, and the header checksum of old clients of Kafka is wrong anyway. Throws what it stumbles
 * over.
 */
export function decompressLz4(bytes: Buffer, limit: number): Buffer {
  const output = new Lz4Output(Math.min(limit, Math.max(64, bytes.length * 4)), limit);
  let at = 0;
  do at = readFrame(bytes, at, output);
  while (at < bytes.length);
  return output.bytes.subarray(0, output.length);
}

/** Reads the frame at `at`, and tells where it ends. */
function readFrame(bytes: Buffer, start: number, output: Lz4Output): number {
  let at = start;
  const magic = readWord(bytes, at);
  if ((magic & ~15) >>> 0 === skippableMagic) return skip(bytes, at + 8, readWord(bytes, at + 4));
  if (magic !== frameMagic) throw new Malformed('it does not begin with a frame');
  const flags = bytes[at + 4];
  const description = bytes[at + 5];
  if (flags === undefined || description === undefined) throw new Malformed('it is cut within the header of a frame');
  if (flags >>> 6 !== 1) throw new Malformed('a frame is of an unknown version');
  if ((flags & 1) !== 0) throw new Malformed('a frame needs a dictionary');
  const independent = (flags & 0x20) !== 0;
  const blockChecksum = (flags & 0x10) !== 0 ? 4 : 0;
  const blockLimit = largestBlock(description);
  at += 6;
  if ((flags & 0x08) !== 0) {
    output.expect(readWord(bytes, at) + readWord(bytes, at + 4) * 2 ** 32, bytes.length - at);
    at += 8;
  }
  at = skip(bytes, at, 1); // the checksum of the header
  const frameStart = output.length;
  for (;;) {
    const word = readWord(bytes, at);
    at += 4;
    if (word === 0) break;
    const length = word & 0x7fff_ffff;
    const end = skip(bytes, at, length);
    const before = output.length;
    if (word >>> 31 === 1) output.store(bytes, at, end);
    else decodeBlock(bytes, at, end, output, independent ? before : frameStart);
    if (output.length - before > blockLimit) throw new Malformed('a block expands to more than the frame allows');
    at = skip(bytes, end, blockChecksum);
  }
  return skip(bytes, at, (flags & 0x04) !== 0 ? 4 : 0);
}

/** In bytes: 64 KiB, 256 KiB, 1 MiB or 4 MiB. */
function largestBlock(description: number): number {
  const code = (description >>> 4) & 7;
  if (code < 4) throw new Malformed('a frame has an unknown block size');
  return 2 ** (8 + 2 * code);
}

/** Sequences of literals and matches; a match begins no earlier than at `earliest` of the output. */
function decodeBlock(bytes: Buffer, start: number, end: number, output: Lz4Output, earliest: number): void {
  let { bytes: target, length: to } = output;
  let at = start;
  while (at < end) {
    const token = bytes[at++]!;
    let literals = token >>> 4;
    if (literals === 15) {
      for (let more = 255; more === 255; literals += more) {
        if (at >= end) throw new Malformed('a block ends within a length');
        more = bytes[at++]!;
      }
    }
    if (literals > end - at) throw new Malformed('literals reach beyond their block');
    if (to + literals > target.length) target = output.grow(to, literals);
    // Most runs are so short that a call costs more than the bytes.
    if (literals > longRun) target.set(bytes.subarray(at, at + literals), to);
    else for (let i = 0; i < literals; i++) target[to + i] = bytes[at + i]!;
    to += literals;
    at += literals;
    if (at === end) {
      // The last sequence of a block has no match.
      output.length = to;
      return;
    }
    if (at + 2 > end) throw new Malformed('a block ends within a match');
    const distance = bytes[at]! | (bytes[at + 1]! << 8);
    at += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      for (let more = 255; more === 255; length += more) {
        if (at >= end) throw new Malformed('a block ends within a length');
        more = bytes[at++]!;
      }
    }
    const from = to - distance;
    if (distance === 0 || from < earliest) throw new Malformed('a match begins before the data');
    if (to + length > target.length) target = output.grow(to, length);
    // Where a match overlaps itself, it repeats its own beginning, and so goes byte by byte.
    if (length > longRun && distance >= length) target.copyWithin(to, from, from + length);
    else if (length > longRun && distance === 1) target.fill(target[from]!, to, to + length);
    else for (let i = 0; i < length; i++) target[to + i] = target[from + i]!;
    to += length;
  }
  throw new Malformed('a block ends without literals');
}

/** What was decompressed so far, in a buffer that grows up to a limit. */
class Lz4Output {
  bytes: Buffer;
  length = 0;
  readonly #limit: number;

  constructor(capacity: number, limit: number) {
    this.bytes = Buffer.allocUnsafe(capacity);
    this.#limit = limit;
  }

  /** Makes room for a size that a frame announces, unless so few bytes cannot hold as much. */
  expect(size: number, compressed: number): void {
    if (size > this.#limit - this.length) throw new Malformed('it expands to more than is allowed');
    if (size > compressed * largestRatio) throw new Malformed('a frame announces more than it can hold');
    if (this.length + size > this.bytes.length) this.grow(this.length, size);
  }

  /** Appends bytes of a block that is stored as it is. */
  store(from: Buffer, start: number, end: number): void {
    if (this.length + end - start > this.bytes.length) this.grow(this.length, end - start);
    this.bytes.set(from.subarray(start, end), this.length);
    this.length += end - start;
  }

  /** Gives a larger buffer, with the first `length` bytes and room for `more`. */
  grow(length: number, more: number): Buffer {
    const needed = length + more;
    if (needed > this.#limit) throw new Malformed('it expands to more than is allowed');
    const larger = Buffer.allocUnsafe(Math.min(this.#limit, Math.max(needed, this.bytes.length * 2)));
    this.bytes.copy(larger, 0, 0, length);
    this.bytes = larger;
    return larger;
  }
}

function readWord(bytes: Buffer, at: number): number {
  if (at + 4 > bytes.length) throw new Malformed('it is cut within a frame');
  return bytes.readUInt32LE(at);
}

function skip(bytes: Buffer, at: number, length: number): number {
  if (length > bytes.length - at) throw new Malformed('it is cut within a frame');
  return at + length;
}
