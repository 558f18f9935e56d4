import { parseArgs } from 'node:util';
import { boundariesStep } from '../boundaries/boundaries-step.mjs';
import { docsStep } from '../docs/docs-step.mjs';
import { otherNodesStep } from '../full/other-nodes-step.mjs';
import { writeFullResult } from '../full/write-full-result.mjs';
import { packagesStep } from '../packages/packages-step.mjs';
import { build } from '../workspace/build.mjs';
import { ensureInstalled } from '../workspace/install.mjs';
import { runStep } from '../workspace/step.mjs';
import { printSummary, sumCounts } from './print-summary.mjs';
import { formatStep, gatesStep, knipStep, lintStep, syncStep, typesStep } from './static-steps.mjs';
import { vitestStep } from './vitest-step.mjs';

/** Without these nothing else can say anything. */
const foundation = [
  ['install', async () => ({ note: await ensureInstalled() })],
  ['build', build],
];

const steps = [
  ['format', formatStep],
  ['lint', lintStep],
  ['types', typesStep],
  ['sync', syncStep],
  ['boundaries', boundariesStep],
  ['knip', knipStep],
  ['gates', gatesStep],
  ['tests', vitestStep],
  ['packages', packagesStep],
  ['docs', docsStep],
];

/** Returns the exit code: 1 where any step failed. A failing step does not keep the others from being run. */
export async function runAllSteps(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { full: { type: 'boolean', default: false } },
  });
  const chosen = [...steps, ...(values.full ? [['other nodes', otherNodesStep]] : [])];
  const unknown = positionals.filter((name) => !chosen.some(([step]) => step === name));
  if (unknown.length > 0) {
    console.error(`No step is called ${unknown.join(', ')}. Steps: ${chosen.map(([name]) => name).join(', ')}.`);
    return 2;
  }
  if (values.full) process.env.EVENTMEND_FULL = '1';

  const results = [];
  for (const [name, action] of foundation) {
    results.push(await runStep(name, action));
    if (!results.at(-1).ok) break;
  }
  if (results.every(({ ok }) => ok)) {
    for (const [name, action] of chosen) {
      if (positionals.length === 0 || positionals.includes(name)) results.push(await runStep(name, action));
    }
  }
  if (values.full && positionals.length === 0) writeFullResult(results);
  printSummary(results);
  return sumCounts(results).failed === 0 ? 0 : 1;
}
