import { snappyUncompressor } from 'hysnappy';
import { NotUnpackable } from './decompress.js';

/** Before the blocks of xerial's framing, which Kafka's Java clients write. */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHead = 16;

/** Compiled once: it is a small module of WebAssembly. */
let uncompress: ReturnType<typeof snappyUncompressor> | null = null;

/** Snappy as Kafka knows it: framed by xerial's library, or one raw block (librdkafka). @throws NotUnpackable */
export function decompressSnappy(packed: Buffer, limit: number): Buffer {
  if (!packed.subarray(0, xerialMagic.length).equals(xerialMagic)) return block(packed, limit);
  const parts: Buffer[] = [];
  let size = 0;
  for (let at = xerialHead; at < packed.length;) {
    const length = at + 4 <= packed.length ? packed.readInt32BE(at) : -1;
    at += 4;
    if (length < 0 || at + length > packed.length) throw new NotUnpackable('a block of snappy is cut off');
    const part = block(packed.subarray(at, at + length), limit - size);
    size += part.length;
    parts.push(part);
    at += length;
  }
  return Buffer.concat(parts);
}

function block(packed: Buffer, limit: number): Buffer {
  const length = unpackedLength(packed);
  if (length > limit) throw new NotUnpackable('it is too large when it is unpacked');
  if (length === 0) return Buffer.alloc(0);
  const unpacked = (uncompress ??= snappyUncompressor())(packed, length);
  return Buffer.from(unpacked.buffer, unpacked.byteOffset, unpacked.byteLength);
}

/** A block begins with its length when it is unpacked, as a varint. */
function unpackedLength(packed: Buffer): number {
  let length = 0;
  for (let index = 0; index < 5; index++) {
    const byte = packed[index];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw new NotUnpackable('a block of snappy has no length');
}
