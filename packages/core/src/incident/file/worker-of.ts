import { statSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { WorkerLocator } from '../../worker/worker-source.js';
import type { WorkerDocument } from './worker-schema.js';

/** The worker of an incident file that lies in a folder. */
export function workerOf(document: WorkerDocument, folder: string): WorkerLocator {
  if (typeof document === 'string') return { kind: 'module', url: pathToFileURL(resolve(folder, document)).href };
  const [program, ...words] = document.process as [string, ...string[]];
  // A name without a slash is looked for on the path, as everywhere.
  const command: [string, ...string[]] = [program.includes('/') ? resolve(folder, program) : program, ...words];
  const files = document.files ?? words.filter((word) => isFile(resolve(folder, word)));
  return { kind: 'process', command, cwd: folder, files: files.map((file) => resolve(folder, file)) };
}

/** What of it may change a result, written in one way. */
export function workerMeaning(document: WorkerDocument) {
  if (typeof document === 'string') return posix.normalize(document);
  return { process: document.process, files: document.files?.map((file) => posix.normalize(file)) ?? null };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
