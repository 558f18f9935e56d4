import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

let native: typeof import('@node-rs/crc32') | undefined;

/** The checksum of a batch. What computes it is an addon, which takes 30 ms to load: only who reads or writes batches pays. */
export function crc32c(bytes: Uint8Array): number {
  native ??= load('@node-rs/crc32') as typeof import('@node-rs/crc32');
  return native.crc32c(bytes);
}
