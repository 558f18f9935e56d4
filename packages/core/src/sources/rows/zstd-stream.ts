import { Transform, type TransformCallback } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';

/** What newer versions of node:zlib have, under a type of our own: the types of Node 20 do not know it. */
interface ZlibWithZstd {
  readonly createZstdDecompress?: (options?: { readonly chunkSize?: number }) => Transform;
}

/** A stream that inflates zstd: by node:zlib where it can (Node >= 22.15), else by fzstd, which checks no checksums. */
export function createZstdDecompressor(native: ZlibWithZstd = zlib as ZlibWithZstd): Transform {
  return native.createZstdDecompress?.({ chunkSize: 128 * 1024 }) ?? portableZstdDecompressor();
}

function portableZstdDecompressor(): Transform {
  const inflate = new Transform({ transform, flush });
  const decompress = new Decompress((piece) => {
    if (piece.length > 0) inflate.push(Buffer.from(piece)); // a copy: fzstd goes on using its window
  });
  return inflate;

  function transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    feed(chunk, false, done);
  }
  function flush(done: TransformCallback): void {
    feed(new Uint8Array(0), true, done);
  }
  function feed(chunk: Uint8Array, last: boolean, done: TransformCallback): void {
    try {
      decompress.push(chunk, last);
    } catch (cause) {
      done(cause instanceof Error ? cause : new Error(String(cause)));
      return;
    }
    done();
  }
}
