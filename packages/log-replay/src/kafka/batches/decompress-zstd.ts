import { Decompress, decompress } from 'fzstd';
import * as zlib from 'node:zlib';
import { Malformed } from './malformed.js';
import { zstdFrames } from './zstd-frames.js';

/** Node has it from 22.15 on; the types are of the oldest Node that is supported. */
const native = (
  zlib as { readonly zstdDecompressSync?: (bytes: Buffer, options: { readonly maxOutputLength: number }) => Buffer }
).zstdDecompressSync;

/** Decompresses frames of zstd, by Node itself where it can. Throws whatever it stumbles over. */
export function decompressZstd(bytes: Buffer, limit: number): Buffer {
  return native === undefined ? decompressZstdInJavaScript(bytes, limit) : native(bytes, { maxOutputLength: limit });
}

/** The same without help from Node. The decoder believes what it reads, and so sizes are looked at before and meanwhile. */
export function decompressZstdInJavaScript(bytes: Buffer, limit: number): Buffer {
  const frames = zstdFrames(bytes);
  if (frames.length === 0) throw new Malformed('it has no frame');
  const parts: Uint8Array[] = [];
  let total = 0;
  const take = (part: Uint8Array) => {
    total += part.length;
    if (total > limit) throw new Malformed('it expands to more than is allowed');
    if (part.length > 0) parts.push(part);
  };
  for (const { start, end, contentSize, windowSize } of frames) {
    if (windowSize > limit || (contentSize ?? 0) > limit - total) {
      throw new Malformed('it expands to more than is allowed');
    }
    const frame = bytes.subarray(start, end);
    if (contentSize !== null && contentSize > 0) take(decompress(frame));
    else new Decompress(take).push(frame, true);
  }
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return Buffer.from(first.buffer, first.byteOffset, first.byteLength);
  return Buffer.concat(parts, total);
}
