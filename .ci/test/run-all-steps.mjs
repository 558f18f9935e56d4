import { parseArgs } from 'node:util';
import { build } from '../workspace/build.mjs';
import { ensureInstalled } from '../workspace/install.mjs';
import { runStep } from '../workspace/step.mjs';
import { printSummary, sumCounts } from './print-summary.mjs';

/** Without these nothing else can say anything. */
async function layFoundation() {
  const install = await runStep('install', async () => ({ note: await ensureInstalled() }));
  return install.ok ? [install, await runStep('build', build)] : [install];
}

/** Returns the exit code: 1 where any step failed. A failing step does not keep the others from being run. */
export async function runAllSteps(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { full: { type: 'boolean', default: false } },
  });
  if (values.full) process.env.EVENTMEND_FULL = '1';

  const results = await layFoundation();
  if (results.every(({ ok }) => ok)) {
    // Only now: the steps use packages that the install has just brought.
    const { stepsOf } = await import('./steps.mjs');
    const steps = stepsOf(values);
    const unknown = positionals.filter((name) => !steps.some(([step]) => step === name));
    if (unknown.length > 0) {
      console.error(`No step is called ${unknown.join(', ')}. Steps: ${steps.map(([name]) => name).join(', ')}.`);
      return 2;
    }
    const chosen = steps.filter(([name]) => positionals.length === 0 || positionals.includes(name));
    for (const [name, action] of chosen) results.push(await runStep(name, action));
    if (values.full && positionals.length === 0) {
      const { writeFullResult } = await import('../full/write-full-result.mjs');
      writeFullResult(results);
    }
  }
  printSummary(results);
  return sumCounts(results).failed === 0 ? 0 : 1;
}
