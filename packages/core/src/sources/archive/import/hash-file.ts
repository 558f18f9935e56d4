import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** Below this size a thread takes longer to start than the hash takes. */
const worthAThread = 8 * 1024 * 1024;

/** What the thread runs: the same as `hashHere`, as a text, so that it needs no file of its own beside this one. */
const threadCode = `
const { parentPort, workerData } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { openSync, readSync } = require('node:fs');
const fd = openSync(workerData, 'r');
const block = Buffer.allocUnsafeSlow(1 << 20);
const hash = createHash('sha256');
for (let read; (read = readSync(fd, block, 0, block.length, null)) > 0;) hash.update(block.subarray(0, read));
parentPort.postMessage(hash.digest('hex'));
`;

/**
 * SHA-256 of a file in hex; a large one is hashed beside the caller's own work, and the process stays alive until it is done or
 * `signal` ends it.
 */
export async function hashFile(file: string, bytes: number, signal?: AbortSignal): Promise<string> {
  if (bytes < worthAThread) return hashHere(file);
  return new Promise((resolve, reject) => {
    const thread = new Worker(threadCode, { eval: true, workerData: file });
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('the thread ended without a hash')));
    signal?.addEventListener('abort', () => void thread.terminate(), { once: true });
  });
}

function hashHere(file: string): string {
  const fd = openSync(file, 'r');
  try {
    const block = Buffer.allocUnsafeSlow(1 << 20);
    const hash = createHash('sha256');
    for (let read = readSync(fd, block); read > 0; read = readSync(fd, block)) hash.update(block.subarray(0, read));
    return hash.digest('hex');
  } finally {
    closeSync(fd);
  }
}
