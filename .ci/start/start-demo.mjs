import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatDuration } from '../workspace/format-duration.mjs';
import { root } from '../workspace/paths.mjs';
import { prepare } from '../workspace/prepare.mjs';
import { runHere } from '../workspace/run-here.mjs';

const demoFolder = join(root, 'examples', 'flights');

/** The story takes a minute; `--full` plays the incident over all three million flights. */
const demos = {
  story: { entry: 'tell-story.js', says: 'one incident, with less and less that survived (examples/flights)' },
  full: { entry: 'run-demo.js', says: 'an incident in three million flights (examples/flights)' },
};

/** Returns the exit code. Each step says what it does and how long it took; a second start does only what is missing. */
export async function startDemo() {
  const started = performance.now();
  const words = process.argv.slice(2);
  const { entry, says } = words.includes('--full') ? demos.full : demos.story;
  const file = join(demoFolder, 'dist', entry);
  if (!(await prepare())) return 1;
  if (!existsSync(file)) {
    console.error(`The build left no ${file}.`);
    return 1;
  }
  console.log(`> demo: ${says}`);
  const demoStarted = performance.now();
  const passedOn = words.filter((word) => word !== '--full');
  const code = await runHere(file, passedOn, demoFolder);
  const now = performance.now();
  console.log(`\nDemo ${formatDuration(now - demoStarted)}, everything ${formatDuration(now - started)}.`);
  return code;
}
