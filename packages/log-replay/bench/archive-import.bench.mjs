import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ndjsonRows } from '@eventmend/core/rows';
import { importIntoArchive } from '@eventmend/core/archive';
import { interleaved } from '../../../.ci/bench/interleaved.mjs';
import { archiveEventTexts } from './archive-events.mjs';

const mapping = {
  source: 'bench',
  topic: 'payments',
  partition: { hash: 'account', count: 8 },
  offset: 'assigned',
  key: 'account',
  time: { column: 'at', unit: 'milliseconds' },
};

/** The floor: reads the file in blocks, cuts lines by hand and parses each. */
function readAndParse(file) {
  const block = Buffer.alloc(64 * 1024);
  const fd = openSync(file, 'r');
  let carried = '';
  let sum = 0;
  for (let read = readSync(fd, block); read > 0; read = readSync(fd, block)) {
    const text = carried + block.toString('latin1', 0, read);
    let at = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
      sum += JSON.parse(text.slice(at, end)).amount;
      at = end + 1;
    }
    carried = text.slice(at);
  }
  closeSync(fd);
  return sum;
}

/** NDJSON into a durable archive, hashed and indexed, against reading and parsing the same file. */
export default async function archiveImport({ quick }) {
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-bench-'));
  try {
    const count = quick ? 200_000 : 1_000_000;
    const file = join(folder, 'events.ndjson');
    const archive = join(folder, 'events.archive');
    writeFileSync(file, archiveEventTexts(count).join('\n') + '\n');
    const measure = async (name, threads, bar) => {
      const { speed } = await interleaved({
        async subject() {
          const [imported] = await importIntoArchive(archive, [ndjsonRows(file)], mapping, { threads });
          if (imported.events !== count) throw new Error(`${imported.events} of ${count} events were imported`);
        },
        reference: () => void readAndParse(file),
        between: () => rmSync(archive, { force: true }),
        pairs: quick ? 5 : 9,
      });
      return {
        name,
        value: speed[1],
        unit: 'x',
        floor: 'reading the file and JSON.parse of each line',
        bar,
        runs: speed,
      };
    };
    const results = [await measure('archive_import_vs_parse', 0, '>= 0.6')];
    // Threads that parse, beside the one that writes: on a single core they only take turns.
    if (availableParallelism() > 1) {
      results.push(await measure('archive_import_vs_parse_two_threads', 2, '>= 0.9'));
    } else console.error('archive_import_vs_parse_two_threads is SKIPPED: there is one core');
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
