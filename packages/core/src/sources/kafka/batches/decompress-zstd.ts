import * as zlib from 'node:zlib';
import { createContext, Script, type Context } from 'node:vm';
import { Decompress, decompress } from 'fzstd';
import { Malformed } from './malformed.js';
import { largestZstdBlock, zstdFrames, type ZstdFrame } from './zstd-frames.js';

/** Node has it from 22.15 on; the types are of the oldest Node that is supported. */
const native = (
  zlib as { readonly zstdDecompressSync?: (bytes: Buffer, options: { readonly maxOutputLength: number }) => Buffer }
).zstdDecompressSync;

/** In bytes: what libzstd allows unless it is told otherwise. */
const largestWindow = 2 ** 27;

/** In milliseconds. What expands to 128 MiB takes less than a second. */
const longestTime = 10_000;

/** Decompresses frames of zstd, by Node itself where it can. Throws whatever it stumbles over. */
export function decompressZstd(bytes: Buffer, limit: number): Buffer {
  return native === undefined ? decompressZstdInJavaScript(bytes, limit) : native(bytes, { maxOutputLength: limit });
}

/**
 * The same without help from Node. The decoder believes what it reads, and so sizes are looked at before and meanwhile; some
 * bytes that no writer makes would keep it busy for ages, and so it is stopped after `longest` milliseconds.
 */
export function decompressZstdInJavaScript(bytes: Buffer, limit: number, longest = longestTime): Buffer {
  const frames = zstdFrames(bytes);
  if (frames.length === 0) throw new Malformed('it has no frame');
  const parts: Uint8Array[] = [];
  let total = 0;
  const take = (part: Uint8Array) => {
    total += part.length;
    if (total > limit) throw new Malformed('it expands to more than is allowed');
    if (part.length > 0) parts.push(part);
  };
  withinTime(longest, () => {
    for (const frame of frames) decompressFrame(bytes, frame, limit - total, take);
  });
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return Buffer.from(first.buffer, first.byteOffset, first.byteLength);
  return Buffer.concat(parts, total);
}

function decompressFrame(bytes: Buffer, frame: ZstdFrame, limit: number, take: (part: Uint8Array) => void): void {
  const { contentSize, contentBound, windowSize } = frame;
  if ((contentSize ?? 0) > limit) throw new Malformed('it expands to more than is allowed');
  if ((contentSize ?? 0) > contentBound) throw new Malformed('a frame announces more than it can hold');
  if (windowSize > largestWindow) throw new Malformed('it needs more memory than is allowed');
  const narrow = withNarrowWindow(bytes, frame);
  if (contentSize !== null && contentSize > 0) take(decompress(narrow));
  else new Decompress(take).push(narrow, true);
}

/**
 * The bytes of a frame, with a window that is no wider than its content can be. Writers that do not know the size before
 * announce 2 MiB and more for every small batch, and the decoder would fill and move all of it.
 */
function withNarrowWindow(bytes: Buffer, frame: ZstdFrame): Buffer {
  const { start, end, windowAt, windowSize, contentBound } = frame;
  const exponent = Math.ceil(Math.log2(Math.max(contentBound, largestZstdBlock)));
  if (windowAt === null || windowSize <= 2 ** exponent) return bytes.subarray(start, end);
  const narrow = Buffer.from(bytes.subarray(start, end));
  narrow[windowAt - start] = (exponent - 10) << 3;
  return narrow;
}

const script = new Script('run()');
let context: Context | undefined;

/**
 * Does `work`, and stops it where it stands when it takes longer than so many milliseconds: then it is Malformed. For foreign
 * decoders that can be made to loop without end; costs about 0.1 ms.
 */
function withinTime<T>(milliseconds: number, work: () => T): T {
  const sandbox = (context ??= createContext({ run: undefined }));
  sandbox['run'] = work;
  try {
    return script.runInContext(sandbox, { timeout: milliseconds }) as T;
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new Malformed('it takes longer than any that is whole');
  } finally {
    sandbox['run'] = undefined;
  }
}
