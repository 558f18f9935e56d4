import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the files of the example stand. */
export interface DemoPlace {
  /** Folder of the incident file; commands that run here need not name it. */
  readonly folder: string;
  readonly incident: string;
  /** Folder of everything that is made. */
  readonly data: string;
  readonly archive: string;
  readonly store: string;
}

/** The folder of the example itself, which holds the worker, the mapping and the incident of the full demo. */
export const exampleFolder = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const workerFile = join(exampleFolder, 'worker.ts');
export const mappingFile = join(exampleFolder, 'flights.mapping.yaml');

/** Without a folder, the full demo in `data`; otherwise a smaller one of its own, with its own incident file. */
export function demoPlace(folder?: string): DemoPlace {
  const data = folder === undefined ? join(exampleFolder, 'data') : resolve(folder);
  const home = folder === undefined ? exampleFolder : data;
  return {
    folder: home,
    incident: join(home, 'flights.incident.yaml'),
    data,
    archive: join(data, 'flights.archive'),
    store: join(data, '.eventmend'),
  };
}
