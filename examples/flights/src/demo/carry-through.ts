import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { DemoPlace } from '../prepare/demo-place.js';
import { eventmendFailure, runEventmend } from '../prepare/run-eventmend.js';
import { compareOutputs } from '../truth/compare-outputs.js';
import { compareStates } from '../truth/compare-states.js';
import { latestRun, type ShownRun } from './run-report.js';
import type { Steps } from './steps.js';
import { agreesWithTruth, summary, type Outcome } from './summary.js';

const mismatch = 11;

/**
 * Carries the incident through the commands as a user would type them, from where it stands: a finished run is shown and
 * not made again, an interrupted one goes on.
 * @throws EventmendFailure
 */
export async function carryThrough(place: DemoPlace, steps: Steps): Promise<number> {
  await steps.run('assess', 'what survived, and what it is worth', () => show(place, steps, 'assess'));
  let run = await findRun(place);
  if (run === null) {
    const file = relative(place.folder, join(place.data, 'flights-2001.plan.json'));
    await steps.run('plan', 'what would happen, before it happens', () =>
      show(place, steps, 'plan', '--out', file, '--force'),
    );
    await steps.run('recover', 'in order, each event exactly once', () =>
      show(place, steps, 'recover', '--plan', file),
    );
    run = await findRun(place);
  } else if (run.status === 'interrupted' || run.status === 'running' || run.status === 'failed') {
    const { runId } = run;
    await steps.run('recover', 'goes on where it was stopped', () => show(place, steps, 'resume', runId));
    run = await findRun(place);
  } else {
    steps.say(`\n== recover: reused, run ${run.runId} is finished (--fresh starts all over)`);
  }
  if (run === null) throw new Error('the recovery left no run');
  const { runId } = run;
  if (run.status !== 'verified') {
    await steps.run('verify', 'the same again by other means', () => show(place, steps, 'verify', runId));
    run = await findRun(place);
  } else {
    steps.say(`\n== verify: reused, run ${runId} is verified`);
  }
  const outcome = { run: run as ShownRun, ...(await agreement(place, steps, runId)), planted: plantedIn(place) };
  const whole: Outcome = { ...outcome, times: steps.times() };
  steps.say('\n== what came of it');
  for (const line of summary(whole)) steps.say(line);
  return agreesWithTruth(whole) ? 0 : mismatch;
}

async function agreement(place: DemoPlace, steps: Steps, runId: string) {
  const folder = join(place.data, 'recovered', runId);
  mkdirSync(folder, { recursive: true });
  const fileOf = (what: string) => join(folder, `${what}.ndjson`);
  await steps.run('export', 'the recovered state and the outputs that should have been', async () => {
    for (const what of ['state', 'outputs']) {
      if (existsSync(fileOf(what))) steps.say(`reused   ${relative(place.folder, fileOf(what))}`);
      else await show(place, steps, 'export', runId, '--what', what, '--out', relative(place.folder, fileOf(what)));
    }
  });
  return steps.run('agree', 'with the oracle, which the recovery has never seen', async () => ({
    states: compareStates(fileOf('state'), join(place.data, 'truth', 'state.ndjson')),
    outputs: await compareOutputs(fileOf('outputs'), join(place.data, 'truth', 'outputs.json')),
  }));
}

async function show(place: DemoPlace, steps: Steps, ...args: readonly string[]): Promise<void> {
  steps.say(`$ eventmend ${args.join(' ')}`);
  const { exitCode } = await runEventmend(args, { cwd: place.folder, show: true });
  if (exitCode !== 0) throw eventmendFailure(args, exitCode);
}

async function findRun(place: DemoPlace): Promise<ShownRun | null> {
  const args = ['runs', '--json'];
  const { exitCode, stdout } = await runEventmend(args, { cwd: place.folder, show: false });
  if (exitCode !== 0) throw eventmendFailure(args, exitCode);
  return latestRun(stdout);
}

function plantedIn(place: DemoPlace): Readonly<Record<string, number>> {
  const planted: Record<string, number> = {};
  for (const line of readFileSync(join(place.data, 'truth', 'faults.ndjson'), 'utf8').split('\n')) {
    if (line === '') continue;
    const { kind } = JSON.parse(line) as { readonly kind: string };
    planted[kind] = (planted[kind] ?? 0) + 1;
  }
  return planted;
}
