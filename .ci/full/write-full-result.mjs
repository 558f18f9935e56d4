import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeMachine } from '../bench/machine.mjs';
import { sumCounts } from '../test/print-summary.mjs';
import { describeNow } from '../workspace/describe-commit.mjs';
import { formatDuration } from '../workspace/format-duration.mjs';
import { root } from '../workspace/paths.mjs';

const recordFile = join(import.meta.dirname, 'full-result.json');

/** The record of before, with what was just run in place of its last result: a step left out keeps the one that it has. */
export function updateRecord(before, results, { date, commit, node }) {
  const run = results.map(({ name, ok, ms, note, seeds, ...counts }) => {
    const { passed, failed, skipped } = sumCounts([{ ok, ...counts }]);
    return [name, { ok, passed, failed, skipped, ms: Math.round(ms), note, seeds, date, commit, node }];
  });
  return { ...before, steps: { ...before?.steps, ...Object.fromEntries(run) } };
}

function documentOf({ machine, steps }) {
  const rows = Object.entries(steps).map(
    ([name, { ok, ms, note, date, commit, node }]) =>
      `| ${name} | ${ok ? 'ok' : 'FAILED'} | ${formatDuration(ms)} | ${date}, ${commit}, Node ${node} | ${note ?? ''} |`,
  );
  const { passed, failed, skipped } = sumCounts(Object.values(steps));
  const seeds = Object.values(steps).flatMap((step) => step.seeds ?? []);
  return [
    '# The last result of each step of the full test run',
    '',
    'Written by `npm run test:full`, which runs all steps, or those that it is given (`npm run test:full -- tests`).',
    '',
    `- ${passed} passed, ${failed} failed, ${skipped} skipped`,
    `- machine: ${machine.cores} cores (${machine.cpu}), ${machine.memory_gb} GB, ${machine.platform}`,
    '',
    '| step | result | time | when and what | |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    ...(seeds.length > 0 ? ['Seeds, as the tests printed them:', '', '```', ...seeds, '```', ''] : []),
  ].join('\n');
}

/** Keeps the last result of each step in the documents, whatever it was. */
export function writeFullResult(results, commit) {
  const before = existsSync(recordFile) ? JSON.parse(readFileSync(recordFile, 'utf8')) : undefined;
  const date = describeNow();
  const record = {
    ...updateRecord(before, results, { date, commit, node: process.versions.node }),
    machine: describeMachine(),
  };
  writeFileSync(recordFile, `${JSON.stringify(record, null, 2)}\n`);
  writeFileSync(join(root, 'docs', 'test-full-result.md'), documentOf(record));
}
