import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, workspacePackages } from '../workspace/paths.mjs';
import { runTool } from '../workspace/run-command.mjs';
import { expectSuccess, StepFailure } from '../workspace/step.mjs';
import { checkGraph } from './check-graph.mjs';
import { checkImports } from './check-imports.mjs';

async function readGraph() {
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-graph-'));
  try {
    const file = join(folder, 'graph.json');
    expectSuccess(await runTool('nx', ['graph', `--file=${file}`]), 'nx graph failed');
    return JSON.parse(readFileSync(file, 'utf8')).graph;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** No strategy imports another, core imports none of ours, nothing undeclared is imported. */
export async function boundariesStep() {
  const entries = [...workspacePackages('packages'), ...workspacePackages('examples')];
  const manifests = new Map(entries.map(({ manifest }) => [manifest.name, manifest]));
  const problems = [...checkImports(root), ...checkGraph(await readGraph(), manifests)];
  if (problems.length > 0) throw new StepFailure(`${problems.length} imports cross a boundary`, problems.join('\n'));
  return { note: `${entries.length} packages` };
}
