import { styleText } from 'node:util';
import { formatDuration } from '../workspace/format-duration.mjs';

/** What a step counts: its own tests where it has some, else itself as one. */
function countsOf({ ok, passed, failed, skipped }) {
  if (passed === undefined) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  return { passed, failed: ok ? failed : Math.max(failed, 1), skipped };
}

export function sumCounts(results) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const result of results) {
    const counts = countsOf(result);
    for (const kind of Object.keys(sum)) sum[kind] += counts[kind];
  }
  return sum;
}

/** A table of the steps; the very last line is plain text, for readers of a log. */
export function printSummary(results, total) {
  const width = Math.max(...results.map(({ name }) => name.length));
  console.log('');
  for (const { name, ok, ms, note } of results) {
    const mark = ok ? styleText('green', 'ok    ') : styleText('red', 'FAILED');
    console.log(`${mark}  ${name.padEnd(width)}  ${formatDuration(ms).padStart(8)}  ${note ?? ''}`.trimEnd());
  }
  const { passed, failed, skipped } = sumCounts(results);
  console.log(`\nNode ${process.versions.node}, ${formatDuration(total)}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
}
