import { snappyUncompressor } from 'hysnappy';
import { Malformed } from './malformed.js';

/** The header of snappy-java: its magic and two versions, 16 bytes together. Clients in Java write it, librdkafka does not. */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHeader = 16;

let uncompress: ReturnType<typeof snappyUncompressor> | undefined;

/** Decompresses one raw block, or blocks in the framing of snappy-java. Throws whatever it stumbles over. */
export function decompressSnappy(bytes: Buffer, limit: number): Buffer {
  return startsWithMagic(bytes, 0) ? decompressFramed(bytes, limit) : decompressBlock(bytes, limit);
}

function decompressFramed(bytes: Buffer, limit: number): Buffer {
  const blocks: Buffer[] = [];
  let total = 0;
  for (let at = 0; at < bytes.length;) {
    // Streams that were written one behind the other repeat the header.
    if (startsWithMagic(bytes, at)) {
      at += xerialHeader;
      if (at > bytes.length) throw new Malformed('it is cut within a header');
      continue;
    }
    if (at + 4 > bytes.length) throw new Malformed('it is cut within the length of a block');
    const length = bytes.readUInt32BE(at);
    at += 4;
    if (length > bytes.length - at) throw new Malformed('a block reaches beyond the end');
    const block = decompressBlock(bytes.subarray(at, at + length), limit - total);
    total += block.length;
    blocks.push(block);
    at += length;
  }
  const [first] = blocks;
  return blocks.length === 1 && first !== undefined ? first : Buffer.concat(blocks, total);
}

function decompressBlock(block: Buffer, limit: number): Buffer {
  const length = uncompressedLength(block);
  if (length > limit) throw new Malformed('it expands to more than is allowed');
  try {
    const plain = (uncompress ??= snappyUncompressor())(block, length);
    return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength);
  } catch (error) {
    // What failed inside the module may have left its stack as it was then.
    uncompress = undefined;
    throw error;
  }
}

/** The module believes the length that the block begins with, and so it is read before. */
function uncompressedLength(block: Buffer): number {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = block[i];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return length;
  }
  throw new Malformed('a block does not begin with its length');
}

function startsWithMagic(bytes: Buffer, at: number): boolean {
  return bytes[at] === xerialMagic[0] && bytes.subarray(at, at + xerialMagic.length).equals(xerialMagic);
}
