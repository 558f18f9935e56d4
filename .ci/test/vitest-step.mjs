import { runTool } from '../workspace/run-command.mjs';
import { testedPackages } from './tested-packages.mjs';
import { readCounts, removeResult, vitestArguments } from './vitest-counts.mjs';

/** The lines in which property tests state their seeds, for the record of a full run. */
function seedLines(output) {
  return [...new Set(output.split('\n').filter((line) => /\bseeds?\b\W*\d/i.test(line)))].map((line) => line.trim());
}

/** How many packages are tested at once: a single one leaves cores idle while its tests wait for processes. */
const packagesAtOnce = 2;

/**
 * The tests of packages, of all unless some are named, which the step before has compiled. A package of which nothing
 * has changed may come from the cache of Nx: it lies in the clone, so that a fresh clone, as in CI, runs everything. The
 * full run, which is a record, takes nothing from it.
 */
export async function vitestStep(tested = testedPackages()) {
  for (const { path } of tested) removeResult(path);
  const fresh = process.env.EVENTMEND_FULL ? ['--skip-nx-cache'] : [];
  const result = await runTool(
    'nx',
    [
      'run-many',
      '-t',
      'test',
      `--projects=${tested.map(({ manifest }) => manifest.name).join(',')}`,
      `--parallel=${packagesAtOnce}`,
      '--exclude-task-dependencies',
      '--output-style=stream',
      '--nx-bail=false',
      ...fresh,
      '--',
      ...vitestArguments,
    ],
    { stream: true },
  );
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const silent = [];
  for (const { folder, path, manifest } of tested) {
    const counts = readCounts(path);
    if (counts === undefined) silent.push(manifest.name);
    for (const kind of Object.keys(sum)) sum[kind] += counts?.[kind] ?? 0;
    for (const failure of counts?.failures ?? []) console.log(`failed: ${folder}/${failure}`);
  }
  sum.failed += silent.length;
  if (result.code !== 0 && sum.failed === 0) sum.failed = 1;
  const cached = /read the output from the cache instead of running the command for (\d+) out of/.exec(result.output);
  const note = [
    `${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`,
    ...(silent.length > 0 ? [`no test ran in ${silent.join(', ')}`] : []),
    ...(cached ? ['unchanged packages from the cache'] : []),
  ].join('; ');
  return { ...sum, note, seeds: seedLines(result.output) };
}
