import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from '../workspace/build.mjs';
import { ensureInstalled } from '../workspace/install.mjs';
import { root } from '../workspace/paths.mjs';
import { readArguments } from '../workspace/read-arguments.mjs';
import { StepFailure } from '../workspace/step.mjs';
import { findBenches } from './find-benches.mjs';
import { completeResult } from './judge-result.mjs';
import { describeMachine } from './machine.mjs';
import { benchTable } from './print-table.mjs';
import { recordResults } from './record-results.mjs';

function runModule(file, quick) {
  return new Promise((resolve, reject) => {
    const runner = join(import.meta.dirname, 'run-module.mjs');
    const child = fork(runner, [file, quick ? 'quick' : 'whole'], {
      cwd: root,
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 2, 'inherit', 'ipc'],
    });
    let results;
    child.on('message', (message) => (results = message));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 && Array.isArray(results)) resolve(results.map((result) => completeResult(result, file)));
      else reject(new Error(`${relative(root, file)} ended with code ${code} and no results`));
    });
  });
}

/** Returns the exit code: 1 where a bench broke. A value below its bar is reported, not an error. */
export async function runBenches(argv) {
  const given = readArguments(
    argv,
    {
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
    },
    'npm run bench [-- [--quick] [--json FILE] [--record] [NAME…]]',
  );
  if (given === null) return 2;
  const { values, positionals } = given;
  if (values.record && values.quick) {
    console.error('A quick run shows less than a whole one: its figures are not recorded.');
    return 2;
  }
  try {
    await ensureInstalled();
    await build();
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    console.error(`${error.output}${error.message}`);
    return 1;
  }
  const files = findBenches(positionals);
  if (files.length === 0) {
    console.error(`No bench matches ${positionals.join(' ') || 'packages/*/bench/*.bench.{mjs,ts}'}.`);
    return 1;
  }
  const results = [];
  const broken = [];
  for (const file of files) {
    console.error(`bench ${relative(root, file)}`);
    try {
      const measured = await runModule(file, values.quick);
      results.push(...measured);
      // At once, since all of them take an hour.
      if (values.record) recordResults(measured);
    } catch (error) {
      broken.push(error.message);
      console.error(error.message);
    }
  }
  console.log(benchTable(results));
  if (values.json) {
    const document = { format_version: 1, machine: describeMachine(), results };
    writeFileSync(values.json, `${JSON.stringify(document, null, 2)}\n`);
  }
  for (const message of broken) console.error(`broken: ${message}`);
  return broken.length === 0 ? 0 : 1;
}
