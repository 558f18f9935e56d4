import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../workspace/build.mjs';
import { formatDuration } from '../workspace/format-duration.mjs';
import { ensureInstalled } from '../workspace/install.mjs';
import { root } from '../workspace/paths.mjs';
import { runStep } from '../workspace/step.mjs';

const demoFolder = join(root, 'examples', 'flights');
const demoEntry = join(demoFolder, 'dist', 'run-demo.js');

/** Runs the demo on this terminal. It handles Ctrl-C itself, so this process waits for it instead of dying first. */
function runDemo() {
  const leaveToTheDemo = () => {};
  process.on('SIGINT', leaveToTheDemo);
  process.on('SIGTERM', (signal) => child.kill(signal));
  const child = spawn(process.execPath, [demoEntry, ...process.argv.slice(2)], { cwd: demoFolder, stdio: 'inherit' });
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('close', (code, signal) => resolve(signal === null ? (code ?? 1) : 130));
  });
}

/** Returns the exit code. Each step says what it does and how long it took; a second start does only what is missing. */
export async function startDemo() {
  const started = performance.now();
  const install = await runStep('install', async () => ({ note: await ensureInstalled() }));
  if (!install.ok) return 1;
  const built = await runStep('build', build);
  if (!built.ok) return 1;
  if (!existsSync(demoEntry)) {
    console.error(`The build left no ${demoEntry}.`);
    return 1;
  }
  console.log('> demo: an incident in three million flights (examples/flights)\n');
  const demoStarted = performance.now();
  const code = await runDemo();
  const now = performance.now();
  console.log(`\nDemo ${formatDuration(now - demoStarted)}, everything ${formatDuration(now - started)}.`);
  return code;
}
