import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testedPackages } from '../test/tested-packages.mjs';
import { readCounts, removeResult, vitestArguments } from '../test/vitest-counts.mjs';
import { runCommand } from '../workspace/run-command.mjs';
import { compileAddon } from './compile-addon.mjs';
import { copyWorkspace } from './copy-workspace.mjs';
import { fetchNode } from './other-node.mjs';

const majors = ['22', '24'].filter((major) => !process.versions.node.startsWith(`${major}.`));

async function testOn(node, workspace) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { folder } of testedPackages()) {
    const cwd = join(workspace, folder);
    removeResult(cwd);
    const vitest = join(workspace, 'node_modules', 'vitest', 'vitest.mjs');
    const env = { ...node.env, EVENTMEND_FULL: undefined };
    const { code } = await runCommand(node.path, [vitest, 'run', ...vitestArguments], { cwd, env, stream: true });
    const counts = readCounts(cwd) ?? { passed: 0, failed: 1, skipped: 0 };
    if (code !== 0 && counts.failed === 0) counts.failed = 1;
    for (const kind of Object.keys(sum)) sum[kind] += counts[kind];
  }
  return sum;
}

/**
 * The everyday tests once more on the other Nodes that we support, each in a workspace of its own with an addon of its
 * own. A Node that cannot be had here, or for which SQLite cannot be compiled here, is counted as skipped and named.
 */
export async function otherNodesStep() {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const notes = [];
  for (const major of majors) {
    const node = await fetchNode(major);
    if (node === undefined) {
      sum.skipped += 1;
      notes.push(`Node ${major} skipped: it cannot be fetched here`);
      continue;
    }
    const workspace = realpathSync(mkdtempSync(join(tmpdir(), `eventmend-node${major}-`)));
    try {
      await copyWorkspace(workspace);
      if (!(await compileAddon(node, workspace))) {
        sum.skipped += 1;
        notes.push(`Node ${node.version} skipped: SQLite cannot be compiled for it here`);
        continue;
      }
      const counts = await testOn(node, workspace);
      for (const kind of Object.keys(sum)) sum[kind] += counts[kind];
      notes.push(`Node ${node.version}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    } finally {
      rmSync(workspace, { recursive: true, force: true });
    }
  }
  return { ...sum, note: notes.join('; ') };
}
