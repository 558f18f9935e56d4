import { closeSync, createReadStream, fstatSync, openSync, readSync, type ReadStream } from 'node:fs';
import type { Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { RowCompression } from './row-source.js';
import { createZstdDecompressor } from './zstd-stream.js';

/** The content of a file in bounded pieces, decompressed. */
export interface ByteChunks {
  /** The next piece, never empty, or null at the end. A piece is valid until `next` is called again. */
  next(): Buffer | null | Promise<Buffer | null>;
  /** Bytes read from the file as it is stored. */
  readonly consumed: number;
  close(): void;
}

export const defaultChunkBytes = 64 * 1024;

/**
 * Opens the content of a file at a byte of it; compressed content is read from its beginning and skipped.
 * @throws RecoveryError `file-unavailable` when the file cannot be opened, `unreadable-row` when it ends before `from`
 *   or is damaged.
 */
export function openByteChunks(
  file: string,
  compression: RowCompression,
  from: number,
  chunkBytes: number = defaultChunkBytes,
): ByteChunks {
  return compression === 'none' ? plainChunks(file, from, chunkBytes) : inflatedChunks(file, compression, from);
}

/** Size of a regular file. @throws RecoveryError `file-unavailable` when there is no such file. */
export function fileBytes(file: string): number {
  const fd = openForReading(file);
  try {
    return sizeOf(fd, file);
  } finally {
    closeSync(fd);
  }
}

/** The same pieces, each shown as it passes by. */
export function watchedChunks(chunks: ByteChunks, onBytes: (bytes: Uint8Array) => void): ByteChunks {
  const show = (chunk: Buffer | null): Buffer | null => {
    if (chunk !== null) onBytes(chunk);
    return chunk;
  };
  return {
    next() {
      const chunk = chunks.next();
      return chunk instanceof Promise ? chunk.then(show) : show(chunk);
    },
    get consumed() {
      return chunks.consumed;
    },
    close: () => {
      chunks.close();
    },
  };
}

function plainChunks(file: string, from: number, chunkBytes: number): ByteChunks {
  let fd: number | null = openForReading(file);
  if (from > sizeOf(fd, file)) {
    closeSync(fd);
    throw shorterThan(file, from);
  }
  const buffer = Buffer.allocUnsafeSlow(chunkBytes);
  let at = from;
  return {
    next() {
      if (fd === null) return null;
      const read = readSync(fd, buffer, 0, chunkBytes, at);
      at += read;
      return read === 0 ? null : buffer.subarray(0, read);
    },
    get consumed() {
      return at;
    },
    close() {
      if (fd !== null) closeSync(fd);
      fd = null;
    },
  };
}

function inflatedChunks(file: string, compression: 'gzip' | 'zstd', from: number): ByteChunks {
  closeSync(openForReading(file)); // so that a missing file is told at once and not by the stream
  const stored: ReadStream = createReadStream(file, { highWaterMark: 128 * 1024 });
  const inflate: Transform =
    compression === 'gzip' ? createGunzip({ chunkSize: 128 * 1024 }) : createZstdDecompressor();
  stored.on('error', (error) => inflate.destroy(error));
  stored.pipe(inflate);
  const iterator = inflate[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let toSkip = from;
  let closed = false;
  return {
    async next() {
      while (!closed) {
        const piece = await iterator.next().catch((cause: unknown) => {
          throw damaged(file, compression, cause);
        });
        if (closed) return null;
        if (piece.done === true) {
          if (stored.bytesRead === 0) throw damaged(file, compression, new Error('the file is empty'));
          if (toSkip > 0) throw shorterThan(file, from);
          return null;
        }
        if (piece.value.length > toSkip) {
          const rest = piece.value.subarray(toSkip);
          toSkip = 0;
          return rest;
        }
        toSkip -= piece.value.length;
      }
      return null;
    },
    get consumed() {
      return stored.bytesRead;
    },
    close() {
      if (closed) return;
      closed = true;
      stored.destroy();
      inflate.destroy();
    },
  };
}

function openForReading(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new RecoveryError('file-unavailable', missing ? `there is no file ${file}` : `${file} cannot be opened`, {
      hint: missing
        ? 'check the path; it is relative to the folder of the file that names it'
        : 'check its permissions',
      cause,
    });
  }
}

function sizeOf(fd: number, file: string): number {
  const stat = fstatSync(fd);
  if (stat.isDirectory()) {
    throw new RecoveryError('file-unavailable', `${file} is a folder, not a file`, { hint: 'name the files in it' });
  }
  return stat.size;
}

function damaged(file: string, compression: 'gzip' | 'zstd', cause: unknown): RecoveryError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RecoveryError('unreadable-row', `${file}: the ${compression} content is cut or damaged (${reason})`, {
    hint: `fetch the file again; "${compression === 'gzip' ? 'gzip' : 'zstd'} -t" checks it`,
    cause,
    details: { file },
  });
}

function shorterThan(file: string, from: number): RecoveryError {
  return new RecoveryError('unreadable-row', `${file} ends before byte ${from}, where reading should go on`, {
    hint: 'the file was shortened or replaced since it was last read: start again from its beginning',
    details: { file, byte: from },
  });
}
