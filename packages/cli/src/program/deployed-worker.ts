import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RecoveryError, type WorkerSource } from '@eventmend/core';

/** The module of the version of a worker that was deployed. @throws RecoveryError `file-unavailable` */
export function deployedWorker(file: string, cwd: string): WorkerSource {
  const path = resolve(cwd, file);
  if (!existsSync(path)) {
    throw new RecoveryError('file-unavailable', `the worker ${file} does not exist`, {
      hint: 'give the module of the version that was deployed',
      details: { file: path },
    });
  }
  return { kind: 'module', url: pathToFileURL(path).href };
}
