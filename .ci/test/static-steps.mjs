import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../workspace/paths.mjs';
import { runCommand, runTool } from '../workspace/run-command.mjs';
import { expectSuccess } from '../workspace/step.mjs';

export async function formatStep() {
  const files = ['**/*.{ts,mts,js,mjs,json}'];
  const result = await runTool('prettier', ['--check', '--no-color', '--log-level', 'warn', ...files]);
  expectSuccess(result, 'not formatted; npm run format mends it');
}

/** The project references must be those that the dependencies ask for. */
export async function syncStep() {
  expectSuccess(await runTool('nx', ['sync:check']), 'project references are out of date; npx nx sync mends them');
}

/** Files, exports and dependencies that nobody uses, and dependencies that nobody declares. */
export async function knipStep() {
  expectSuccess(await runTool('knip', ['--no-config-hints']), 'something is unused or undeclared');
}

/** The gates of this folder are code too: each is shown something broken and must object. */
export async function gatesStep() {
  const tests = readdirSync(join(root, '.ci'), { recursive: true })
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => join('.ci', name));
  const result = expectSuccess(
    await runCommand(process.execPath, ['--test', '--test-reporter=tap', ...tests]),
    'a gate lets through what it must catch',
  );
  const count = (kind) => Number(new RegExp(`^# ${kind} (\\d+)$`, 'm').exec(result.stdout)?.[1] ?? 0);
  const [passed, failed, skipped] = [count('pass'), count('fail'), count('skipped') + count('todo')];
  return { passed, failed, skipped, note: `${passed} passed, ${failed} failed, ${skipped} skipped` };
}
