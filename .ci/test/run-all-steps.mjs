import { buildWithTests } from '../workspace/build.mjs';
import { ensureInstalled } from '../workspace/install.mjs';
import { readArguments } from '../workspace/read-arguments.mjs';
import { runStep } from '../workspace/step.mjs';
import { printSummary, sumCounts } from './print-summary.mjs';

/** Without these nothing else can say anything. */
async function layFoundation() {
  const install = await runStep('install', async () => ({ note: await ensureInstalled() }));
  return install.ok ? [install, await runStep('build', buildWithTests)] : [install];
}

/** Runs steps with two of them under way at any time, in the order given. */
async function runInPairs(steps, onResult) {
  const waiting = [...steps];
  const runThemAll = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) onResult(await runStep(...step));
  };
  await Promise.all([runThemAll(), runThemAll()]);
}

/** Returns the exit code: 1 where any step failed. A failing step does not keep the others from being run. */
export async function runAllSteps(argv) {
  const given = readArguments(argv, { full: { type: 'boolean', default: false } }, 'npm test [-- [--full] [STEP…]]');
  if (given === null) return 2;
  const { values, positionals } = given;
  if (values.full) process.env.EVENTMEND_FULL = '1';

  const started = performance.now();
  const results = await layFoundation();
  if (results.every(({ ok }) => ok)) {
    // Only now: the steps use packages that the install has just brought.
    const { isMeant, stepsOf } = await import('./steps.mjs');
    const { writeFullResult } = await import('../full/write-full-result.mjs');
    const { describeCommit } = await import('../workspace/describe-commit.mjs');
    const commit = values.full ? describeCommit() : undefined;
    const { sideBySide, alone } = stepsOf(values);
    const names = [...sideBySide, ...alone].map(([name]) => name);
    const unknown = positionals.filter((asked) => !names.some((name) => isMeant(asked, name)));
    if (unknown.length > 0) {
      console.error(`No step is called ${unknown.join(', ')}. Steps: ${names.join(', ')}.`);
      return 2;
    }
    const chosen = (steps) =>
      steps.filter(([name]) => positionals.length === 0 || positionals.some((asked) => isMeant(asked, name)));
    // At once, since a full run takes hours: one that is stopped keeps what it has shown.
    const keep = (result) => {
      results.push(result);
      if (values.full) writeFullResult([result], commit);
    };
    await runInPairs(chosen(sideBySide), keep);
    for (const step of chosen(alone)) keep(await runStep(...step));
  }
  printSummary(results, performance.now() - started);
  return sumCounts(results).failed === 0 ? 0 : 1;
}
