import { removeLeftOvers } from './left-overs.mjs';
import { linkBins } from './link-bins.mjs';
import { workspacePackages } from './paths.mjs';
import { runTool } from './run-command.mjs';
import { expectSuccess } from './step.mjs';

/** Builds every package and example; what is built already is taken from the cache of the workspace. */
export async function build() {
  expectSuccess(await runTool('nx', ['run-many', '-t', 'build', '--output-style=stream']), 'the build failed');
  for (const { path } of [...workspacePackages('packages'), ...workspacePackages('examples')]) removeLeftOvers(path);
  linkBins();
}
