import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatDuration } from '../workspace/format-duration.mjs';
import { root } from '../workspace/paths.mjs';
import { prepare } from '../workspace/prepare.mjs';
import { runHere } from '../workspace/run-here.mjs';

const demoFolder = join(root, 'examples', 'flights');
const demoEntry = join(demoFolder, 'dist', 'run-demo.js');

/** Returns the exit code. Each step says what it does and how long it took; a second start does only what is missing. */
export async function startDemo() {
  const started = performance.now();
  if (!(await prepare())) return 1;
  if (!existsSync(demoEntry)) {
    console.error(`The build left no ${demoEntry}.`);
    return 1;
  }
  console.log('> demo: an incident in three million flights (examples/flights)\n');
  const demoStarted = performance.now();
  const code = await runHere(demoEntry, process.argv.slice(2), demoFolder);
  const now = performance.now();
  console.log(`\nDemo ${formatDuration(now - demoStarted)}, everything ${formatDuration(now - started)}.`);
  return code;
}
