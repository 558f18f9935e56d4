import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ownFile } from '../program/own-package.js';
import { shellWord } from '../terminal/shell-word.js';

/** Languages that `init` can write a worker process in. */
export type ProcessLanguage = 'python' | 'java' | 'javascript';

/** What `init` needs to know of a language. Paths are relative to the incident file. */
export interface ProcessStart {
  /** The line of the incident file that names the worker. */
  readonly incidentLine: string;
  /** The file with the handler, and what it is run by, for the README. */
  readonly handler: string;
  readonly command: readonly string[];
  /** Has to be run after each change of the handler, in the folder that it is given; null where nothing has to. */
  readonly compile: ((folder: string) => string) | null;
}

const starts: Readonly<Record<ProcessLanguage, ProcessStart>> = {
  python: {
    incidentLine: 'worker: { process: [python3, worker.py], files: [worker.py, eventmend_worker.py] }',
    handler: 'worker.py',
    command: ['python3', 'worker.py'],
    compile: null,
  },
  java: {
    incidentLine: 'worker: { process: [java, -cp, classes, Counter], files: [classes] }',
    handler: 'Counter.java',
    command: ['java', '-cp', 'classes', 'Counter'],
    compile: (folder) => {
      const words = ['-d', join(folder, 'classes'), '-sourcepath', folder, join(folder, 'Counter.java')];
      return ['javac', ...words.map(shellWord)].join(' ');
    },
  },
  javascript: {
    incidentLine: 'worker: { process: [node, worker.mjs], files: [worker.mjs, eventmend-worker.mjs] }',
    handler: 'worker.mjs',
    command: ['node', 'worker.mjs'],
    compile: null,
  },
};

export function processStart(language: ProcessLanguage): ProcessStart {
  return starts[language];
}

/** The files of a worker that counts, by their names in the new folder: the handler, and the library beside it. */
export function processFiles(language: ProcessLanguage, name: string): Readonly<Record<string, string>> {
  const folder = ownFile(join('templates', language));
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:py|java|mjs)$/.test(entry.name))
    .map(({ parentPath, name: file }) => join(parentPath, file).slice(folder.length + 1));
  return Object.fromEntries(
    names
      .sort()
      .map((file) => [
        file.replaceAll('\\', '/'),
        readFileSync(join(folder, file), 'utf8').replaceAll('__NAME__', name),
      ]),
  );
}
