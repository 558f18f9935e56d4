import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspacePackages } from '../workspace/paths.mjs';
import { passedOn } from '../workspace/divide-bundle.mjs';
import { runTool } from '../workspace/run-command.mjs';
import { expectSuccess, StepFailure } from '../workspace/step.mjs';
import { installAlone } from './install-alone.mjs';
import { contentProblems, pack } from './pack.mjs';
import { runReadmeProgram } from './readme-program.mjs';

async function checkTarball(tarball, name) {
  expectSuccess(await runTool('publint', ['run', tarball, '--strict']), `publint objects to ${name}`);
  // What only the bundles of the other packages import has no types.
  const ours = ['--exclude-entrypoints', ...passedOn.map((chunk) => `bundle/${chunk}.js`)];
  const arguments_ = [tarball, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii', ...ours];
  expectSuccess(await runTool('attw', arguments_), `the types of ${name} do not resolve`);
}

/** Everything that is wrong with one package; each gate is tried, whatever the others say. */
async function problemsOf(entry, packed, tarballs, folder) {
  const { name } = entry.manifest;
  const problems = contentProblems(entry, packed.files).map((problem) => `${name}: ${problem}`);
  const gates = [
    () => checkTarball(packed.tarball, name),
    async () => {
      await installAlone(name, folder, tarballs);
      await runReadmeProgram(entry, folder);
    },
  ];
  for (const gate of gates) {
    try {
      await gate();
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error;
      problems.push(`${error.message}\n${error.output.trimEnd()}`.trimEnd());
    }
  }
  return problems;
}

/** Every package is packed, judged as a stranger's tools would, installed alone, and its README program runs there. */
export async function packagesStep() {
  const work = mkdtempSync(join(tmpdir(), 'eventmend-packages-'));
  try {
    const entries = workspacePackages('packages').filter(({ manifest }) => !manifest.private);
    const packed = new Map();
    mkdirSync(join(work, 'tarballs'));
    for (const entry of entries) packed.set(entry.manifest.name, await pack(entry, join(work, 'tarballs')));
    const tarballs = new Map([...packed].map(([name, { tarball }]) => [name, tarball]));
    const problems = [];
    for (const entry of entries) {
      const folder = join(work, entry.folder);
      problems.push(...(await problemsOf(entry, packed.get(entry.manifest.name), tarballs, folder)));
    }
    if (problems.length > 0) throw new StepFailure(`${problems.length} problems in packages`, problems.join('\n'));
    return { note: `${entries.length} packages packed, installed alone and used` };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
