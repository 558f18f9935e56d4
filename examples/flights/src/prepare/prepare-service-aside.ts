import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { exampleFolder, type DemoPlace } from './demo-place.js';

/** Leaves the service's files in a process of its own (`prepare.js --no-archive`). A signal to stop ends it at once. */
export function prepareServiceAside(place: DemoPlace, seed: number, show: boolean): Promise<void> {
  const script = join(import.meta.dirname, '..', 'prepare.js');
  const data = place.folder === exampleFolder ? [] : ['--data', place.data];
  const args = [script, '--no-archive', '--seed', String(seed), ...data];
  const child = spawn(process.execPath, args, { stdio: ['ignore', show ? 'inherit' : 'ignore', 'inherit'] });
  const stop = () => void child.kill('SIGTERM');
  process.on('SIGTERM', stop);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGTERM', stop);
      if (code === 0) return resolve();
      const exitCode = signal === null ? 1 : 130;
      reject(Object.assign(new Error('the files of the service could not be made'), { exitCode }));
    });
  });
}
