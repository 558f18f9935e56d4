import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Drafts of another machine that shares the folder are not ours to judge: nobody here knows whether their process runs. */
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** What SQLite puts beside a database. */
const companions = ['', '-journal', '-wal', '-shm'];

/** Drafts of this process that are being written. */
const inUse = new Set<string>();
let count = 0;

/** A new name beside the target, for a file that takes its name when it is complete. */
export function newDraft(target: string): string {
  const draft = `${target}.partial-${machine}-${process.pid}-${++count}`;
  inUse.add(draft);
  return draft;
}

/** Removes a draft and what SQLite put beside it; safe to call twice. */
export function removeDraft(draft: string): void {
  for (const suffix of companions) rmSync(draft + suffix, { force: true });
  inUse.delete(draft);
}

/**
 * Removes drafts of this target whose process was killed. Left alone is whatever may be another's: names that `newDraft` on
 * this machine does not give, files of other users, links and folders, and drafts whose process still runs.
 */
export function removeAbandonedDrafts(target: string): void {
  const prefix = `${basename(target)}.partial-${machine}-`;
  let names: readonly string[];
  try {
    names = readdirSync(dirname(target));
  } catch {
    return; // whoever writes there is told what is wrong
  }
  for (const name of names) {
    if (!name.startsWith(prefix)) continue;
    const parts = /^(\d{1,10})-\d{1,10}(?:-journal|-wal|-shm)?$/.exec(name.slice(prefix.length));
    if (parts === null) continue;
    const path = join(dirname(target), name);
    if (isAbandoned(path, Number(parts[1]))) rmSync(path, { force: true });
  }
}

function isAbandoned(path: string, pid: number): boolean {
  // A number that this process has now was another's before, unless it writes the draft itself.
  if (pid === process.pid ? isInUse(path) : isRunning(pid)) return false;
  try {
    const stat = lstatSync(path);
    return stat.isFile() && (process.getuid === undefined || stat.uid === process.getuid());
  } catch {
    return false;
  }
}

function isInUse(path: string): boolean {
  return companions.some((suffix) => path.endsWith(suffix) && inUse.has(path.slice(0, path.length - suffix.length)));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
