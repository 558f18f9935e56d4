import { join } from 'node:path';
import { root, wholeWorkspace } from '../workspace/paths.mjs';
import { runTool } from '../workspace/run-command.mjs';
import { expectSuccess } from '../workspace/step.mjs';
import { roots } from './lazy-drivers.mjs';

const config = (name) => ['--config', join(import.meta.dirname, name), '--output-type', 'err-long'];

/** The two passes of dependency-cruiser: all files by the rules, then what the roots of the packages load. */
export const passes = (entries) => [
  [...config('dependency-cruiser.mjs'), 'packages', 'examples', '.ci/test-services'],
  [...config('lazy-drivers.mjs'), ...entries],
];

/** Who may import whom: packages, wings of core, circles, what is not declared, drivers that must load on use. */
export async function boundariesStep() {
  const results = await Promise.all(passes(roots).map((args) => runTool('depcruise', args, { cwd: root })));
  for (const result of results) expectSuccess(result, 'an import crosses a boundary');
  return { note: `${wholeWorkspace().length} packages` };
}
