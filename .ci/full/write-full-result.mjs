import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeMachine } from '../bench/machine.mjs';
import { sumCounts } from '../test/print-summary.mjs';
import { formatDuration } from '../workspace/format-duration.mjs';
import { root } from '../workspace/paths.mjs';

/** Keeps the result of the last full run in the documents, whatever it was. */
export function writeFullResult(results, total) {
  const machine = describeMachine();
  const { passed, failed, skipped } = sumCounts(results);
  const rows = results.map(
    ({ name, ok, ms, note }) => `| ${name} | ${ok ? 'ok' : 'FAILED'} | ${formatDuration(ms)} | ${note ?? ''} |`,
  );
  const seeds = results.flatMap((result) => result.seeds ?? []);
  const text = [
    '# Result of the last full test run',
    '',
    'Written by `npm run test:full`.',
    '',
    `- date: ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    `- machine: ${machine.cores} cores (${machine.cpu}), ${machine.memory_gb} GB, ${machine.platform}`,
    `- Node ${machine.node.slice(1)}`,
    `- ${passed} passed, ${failed} failed, ${skipped} skipped in ${formatDuration(total)}`,
    '',
    '| step | result | time | |',
    '|---|---|---|---|',
    ...rows,
    '',
    ...(seeds.length > 0 ? ['Seeds, as the tests printed them:', '', '```', ...seeds, '```', ''] : []),
  ].join('\n');
  writeFileSync(join(root, 'docs', 'test-full-result.md'), text);
}
