import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { RecoveryError } from '../model/errors/recovery-error.js';
import type { ProcessSource } from './worker-source.js';

/** What interpreters leave beside the code. */
const leftovers: ReadonlySet<string> = new Set(['__pycache__', 'node_modules']);

/**
 * SHA-256 (hex) over the command of a worker process and the content of its files; folders with all that is in them,
 * but for hidden names, `__pycache__` and `node_modules`. Paths count from the folder in which it is started.
 *
 * Not seen: the interpreter, the packages that it finds elsewhere, and what the environment gives it.
 * @throws RecoveryError `invalid-worker` when a file cannot be read
 */
export function hashWorkerProcess({ command, cwd, files }: ProcessSource): string {
  const contents = new Map<string, string>();
  for (const file of files) addContent(resolve(cwd, file), cwd, contents);
  const words = command.map((word) => (isAbsolute(word) ? nameFrom(cwd, word) : word));
  const sorted = [...contents].sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify(['eventmend.process.1', words, sorted]))
    .digest('hex');
}

function addContent(path: string, cwd: string, contents: Map<string, string>): void {
  try {
    if (!statSync(path).isDirectory()) {
      contents.set(nameFrom(cwd, path), createHash('sha256').update(readFileSync(path)).digest('hex'));
      return;
    }
    for (const name of readdirSync(path)) {
      if (!name.startsWith('.') && !leftovers.has(name)) addContent(join(path, name), cwd, contents);
    }
  } catch (cause) {
    if (cause instanceof RecoveryError) throw cause;
    throw new RecoveryError('invalid-worker', `a file of the worker process cannot be read: ${path}`, {
      hint: 'check worker.files in the incident file',
      cause,
    });
  }
}

function nameFrom(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/');
}
