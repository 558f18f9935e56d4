import { bundlePackages } from './bundle-packages.mjs';
import { removeLeftOvers } from './left-overs.mjs';
import { linkBins } from './link-bins.mjs';
import { wholeWorkspace } from './paths.mjs';
import { runTool } from './run-command.mjs';
import { expectSuccess } from './step.mjs';

/** Builds every package and example; what is built already is taken from the cache of the workspace. */
export async function build() {
  expectSuccess(await runTool('nx', ['run-many', '-t', 'build', '--output-style=stream']), 'the build failed');
  await finishBuild();
}

/** Sources and tests in one run of the compiler, which then reads and checks each type once. */
export async function buildWithTests() {
  expectSuccess(await runTool('tsc', ['-b', 'tsconfig.json', '--pretty', 'false']), 'types do not fit');
  await finishBuild();
}

/** What the compiler leaves undone: outputs of sources that are gone, the bundles, commands that can be called. */
async function finishBuild() {
  for (const { path } of wholeWorkspace()) removeLeftOvers(path);
  await bundlePackages();
  linkBins();
}
