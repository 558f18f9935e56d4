import { Malformed } from './malformed.js';

/** A frame with data, and where it lies. */
export interface ZstdFrame {
  readonly start: number;
  readonly end: number;
  /** In bytes: what it says to expand to; null when it does not say. */
  readonly contentSize: number | null;
  /** In bytes: what its blocks can expand to at most. */
  readonly contentBound: number;
  /** In bytes: how far back it refers at most, and so how much memory a decoder needs. */
  readonly windowSize: number;
  /** Where the byte is that encodes the window; null in a frame whose window is its content. */
  readonly windowAt: number | null;
}

/** In bytes: what no block expands to more than. */
export const largestZstdBlock = 128 * 1024;

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;

/** Finds the frames of zstd (RFC 8878) by their headers and the lengths of their blocks, without decompressing any. */
export function zstdFrames(bytes: Buffer): readonly ZstdFrame[] {
  const frames: ZstdFrame[] = [];
  let at = 0;
  while (at < bytes.length) {
    const magic = readNumber(bytes, at, 4);
    if ((magic & ~15) >>> 0 === skippableMagic) {
      at += 8 + readNumber(bytes, at + 4, 4);
      if (at > bytes.length) throw new Malformed('it is cut within a frame');
      continue;
    }
    if (magic !== frameMagic) throw new Malformed('it does not consist of frames');
    const frame = readFrame(bytes, at);
    frames.push(frame);
    at = frame.end;
  }
  return frames;
}

function readFrame(bytes: Buffer, start: number): ZstdFrame {
  let at = start + 4;
  const descriptor = readNumber(bytes, at++, 1);
  const single = (descriptor & 0x20) !== 0;
  if ((descriptor & 0x08) !== 0) throw new Malformed('a frame is of an unknown version');
  if ((descriptor & 0x03) !== 0) throw new Malformed('a frame needs a dictionary');
  const sizeFlag = descriptor >>> 6;
  let windowSize = 0;
  if (!single) {
    const window = readNumber(bytes, at++, 1);
    const base = 2 ** (10 + (window >>> 3));
    windowSize = base + (base / 8) * (window & 7);
  }
  const sizeBytes = sizeFlag === 0 ? (single ? 1 : 0) : 2 ** sizeFlag;
  const contentSize = sizeBytes === 0 ? null : readNumber(bytes, at, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  at += sizeBytes;
  let contentBound = 0;
  for (let last = false; !last;) {
    const header = readNumber(bytes, at, 3);
    last = (header & 1) === 1;
    const type = (header >>> 1) & 3;
    const length = header >>> 3;
    if (length > largestZstdBlock) throw new Malformed('a block is longer than any may be');
    // A block of one repeated byte stores that byte alone; its length is what it expands to.
    at += 3 + (type === 1 ? 1 : length);
    contentBound += type === 2 ? largestZstdBlock : length;
  }
  if ((descriptor & 0x04) !== 0) at += 4; // a checksum
  if (at > bytes.length) throw new Malformed('it is cut within a frame');
  const windowAt = single ? null : start + 5;
  return {
    start,
    end: at,
    contentSize,
    contentBound,
    windowSize: windowAt === null ? (contentSize ?? 0) : windowSize,
    windowAt,
  };
}

/** Little endian; exact up to 2^53, which is far beyond any size that is allowed. */
function readNumber(bytes: Buffer, at: number, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) throw new Malformed('it is cut within a frame');
    value += byte * 2 ** (8 * i);
  }
  return value;
}
