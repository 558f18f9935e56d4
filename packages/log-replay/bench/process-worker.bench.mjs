import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { spread } from '../../../.ci/bench/interleaved.mjs';
import { recoverInChild, withFolder } from './in-child.mjs';
import { textOf, writeTransfers } from './transfers-archive.mjs';

/**
 * `recover` with a worker process in Python, durable and exactly once, against the same Python handler in a plain loop over
 * an NDJSON file that parses, folds and serialises its outputs. In turns.
 */
export default async function processWorker({ quick }) {
  const python = findPython();
  if (python === null) {
    console.error('process_worker_vs_loop is SKIPPED: there is no python3');
    return [];
  }
  return withFolder(async (folder) => {
    const shape = { events: quick ? 100_000 : 400_000, partitions: 8, local: false };
    const { events } = shape;
    const archive = join(folder, 'transfers.archive');
    const file = join(folder, 'transfers.ndjson');
    writeTransfers(archive, shape);
    await writeLines(file, shape);
    const program = join(import.meta.dirname, 'transfers_process.py');
    const worker = { kind: 'process', command: [python, program], cwd: import.meta.dirname, files: [program] };
    const loop = () => Number(run(python, [join(import.meta.dirname, 'transfers_loop.py'), file]).split(' ')[0]) * 1000;
    const recover = async () => (await recoverInChild({ archive, events, outputs: events, worker })).ms;
    const ratios = [];
    for (let pair = -1; pair < (quick ? 3 : 5); pair++) {
      const loopFirst = pair % 2 === 0;
      const first = loopFirst ? loop() : await recover();
      const second = loopFirst ? await recover() : loop();
      const [floor, engine] = loopFirst ? [first, second] : [second, first];
      if (pair >= 0) ratios.push(floor / engine);
    }
    const floor = 'the same Python handler in a plain loop over a file';
    const runs = spread(ratios);
    return [{ name: 'process_worker_vs_loop', value: runs[1], unit: 'x', floor, bar: '>= 0.8', runs }];
  });
}

function findPython() {
  try {
    run('python3', ['--version']);
    return 'python3';
  } catch {
    return null;
  }
}

function run(program, args) {
  // Byte code is not left beside the sources.
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  return execFileSync(program, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function writeLines(file, shape) {
  const stream = createWriteStream(file);
  for (let n = 0; n < shape.events; n++) {
    if (!stream.write(`${textOf(n, shape)}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}
