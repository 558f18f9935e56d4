import { NotUnpackable } from './decompress.js';

const magic = 0x184d2204;
const rawBlock = 0x8000_0000;

/**
 * LZ4 in frames (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md). Written here since the libraries that are
 * kept up are native addons. The checksums of the frame are passed over: the batch around it has one, and old clients
 * wrote that of the head wrongly.
 * @throws NotUnpackable
 */
export function decompressLz4(packed: Buffer, limit: number): Buffer {
  const reader = new FrameReader(packed);
  const output = new Output(limit);
  while (reader.left > 0) readFrame(reader, output);
  return output.bytes();
}

function readFrame(reader: FrameReader, output: Output): void {
  if (reader.uint32() !== magic) throw new NotUnpackable('it is no frame of lz4');
  const flags = reader.byte();
  if (flags >>> 6 !== 1) throw new NotUnpackable('the version of lz4 is not known');
  reader.byte(); // the largest size of a block
  const contentSize = (flags & 0x08) !== 0;
  const dictionary = (flags & 0x01) !== 0;
  reader.skip((contentSize ? 8 : 0) + (dictionary ? 4 : 0) + 1);
  const blockChecksums = (flags & 0x10) !== 0;
  // Blocks that are not independent reach back into what this frame has unpacked before, and no further.
  const frameStart = output.length;
  for (;;) {
    const size = reader.uint32();
    if (size === 0) break;
    const bytes = reader.slice(size % rawBlock);
    if (size >= rawBlock) output.append(bytes, 0, bytes.length);
    else readBlock(bytes, output, frameStart);
    if (blockChecksums) reader.skip(4);
  }
  if ((flags & 0x04) !== 0) reader.skip(4); // of the content
}

/** Sequences of literals and of matches in what was unpacked (lz4_Block_format.md). */
function readBlock(block: Buffer, output: Output, frameStart: number): void {
  let at = 0;
  const lengthFrom = (nibble: number): number => {
    let length = nibble;
    if (nibble === 15) {
      for (;;) {
        const more = block[at++];
        if (more === undefined) throw cutOff();
        length += more;
        if (more !== 255) break;
      }
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at++] as number;
    const literals = lengthFrom(token >>> 4);
    if (at + literals > block.length) throw cutOff();
    output.append(block, at, at + literals);
    at += literals;
    if (at === block.length) return; // the last sequence has literals alone
    if (at + 2 > block.length) throw cutOff();
    const distance = (block[at] as number) | ((block[at + 1] as number) << 8);
    at += 2;
    if (distance === 0 || output.length - distance < frameStart) throw new NotUnpackable('a match of lz4 lies nowhere');
    output.repeat(distance, lengthFrom(token & 0x0f) + 4);
  }
}

function cutOff(): NotUnpackable {
  return new NotUnpackable('a block of lz4 is cut off');
}

class FrameReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    return this.#bytes[this.skip(1)] as number;
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.skip(4));
  }

  slice(length: number): Buffer {
    const start = this.skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  skip(length: number): number {
    const start = this.#at;
    if (length > this.left) throw new NotUnpackable('a frame of lz4 is cut off');
    this.#at += length;
    return start;
  }
}

/** A buffer that grows, up to a limit. */
class Output {
  length = 0;
  readonly #limit: number;
  #bytes = Buffer.allocUnsafe(64 * 1024);

  constructor(limit: number) {
    this.#limit = limit;
  }

  append(source: Buffer, from: number, to: number): void {
    this.#make(to - from);
    source.copy(this.#bytes, this.length, from, to);
    this.length += to - from;
  }

  /** Copies what stands some bytes back; what is copied may be copied on. */
  repeat(distance: number, count: number): void {
    this.#make(count);
    const bytes = this.#bytes;
    const start = this.length;
    if (distance >= count) bytes.copyWithin(start, start - distance, start - distance + count);
    else for (let index = start; index < start + count; index++) bytes[index] = bytes[index - distance] as number;
    this.length = start + count;
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  #make(room: number): void {
    const needed = this.length + room;
    if (needed > this.#limit) throw new NotUnpackable('it is too large when it is unpacked');
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }
}
