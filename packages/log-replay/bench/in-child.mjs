import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a module of this folder in a process of its own, and gives what it sends. */
export async function inChild(module, args) {
  const child = fork(join(import.meta.dirname, module), args.map(String), {
    stdio: ['ignore', 2, 'inherit', 'ipc'],
  });
  let sent;
  child.on('message', (message) => (sent = message));
  const [code] = await once(child, 'close');
  if (code !== 0 || sent === undefined) throw new Error(`${module} ended with code ${code}`);
  return sent;
}

/**
 * Recovers an archive into a store that is gone afterwards; see recover-child.mjs. `job` is
 * `{ archive, events, outputs, worker, threads?, readAhead? }`: what the run must report, and a worker module of this folder.
 */
export async function recoverInChild(job) {
  const store = mkdtempSync(join(tmpdir(), 'eventmend-bench-store-'));
  try {
    return await inChild('recover-child.mjs', [JSON.stringify({ ...job, store })]);
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

/** The same transfers folded in memory; see floor-child.mjs. */
export function foldInChild(shape, threads = 1) {
  return inChild('floor-child.mjs', [JSON.stringify(shape), threads]);
}

/** Runs work with a folder that is gone afterwards. */
export async function withFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
