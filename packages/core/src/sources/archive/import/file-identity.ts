import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { RecoveryError } from '../../../model/errors/recovery-error.js';

/** What tells quickly whether a file is still the one it was. */
export interface FileIdentity {
  readonly bytes: number;
  /** When it was last changed, in milliseconds. */
  readonly modified: number;
  /** SHA-256 in hex over blocks spread over the file: a quick look, not a proof. */
  readonly sample: string;
}

const sampleBlocks = 16;
const sampleBytes = 64 * 1024;

/** @throws RecoveryError `file-unavailable` when the file cannot be read. */
export function identifyFile(file: string): FileIdentity {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (cause) {
    throw new RecoveryError('file-unavailable', `${file} cannot be read`, {
      hint: 'check the path and its permissions',
      cause,
    });
  }
  try {
    const stat = fstatSync(fd);
    const block = Buffer.allocUnsafe(sampleBytes);
    const hash = createHash('sha256');
    const last = Math.max(0, stat.size - sampleBytes);
    for (let i = 0; i < sampleBlocks; i++) {
      const read = readSync(fd, block, 0, sampleBytes, Math.floor((last * i) / (sampleBlocks - 1)));
      hash.update(block.subarray(0, read));
      if (last === 0) break;
    }
    return { bytes: stat.size, modified: stat.mtimeMs, sample: hash.digest('hex') };
  } finally {
    closeSync(fd);
  }
}

/** Same size and same sample: worth a look at the whole content. */
export function mayBeSameContent(a: FileIdentity, b: FileIdentity): boolean {
  return a.bytes === b.bytes && a.sample === b.sample;
}

/** Nothing was written to it since. */
export function isUntouched(a: FileIdentity, b: FileIdentity): boolean {
  return mayBeSameContent(a, b) && a.modified === b.modified;
}
