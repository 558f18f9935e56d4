import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { openRunCatalogue } from '@eventmend/core/sqlite';
import type { DemoPlace } from '../prepare/demo-place.js';
import { eventmendFailure, runEventmend } from '../prepare/run-eventmend.js';
import { compareCorrections } from '../truth/compare-corrections.js';
import { compareFaults } from '../truth/compare-faults.js';
import { compareOutputs } from '../truth/compare-outputs.js';
import { compareStates } from '../truth/compare-states.js';
import { isFinished, runOfPlan, type ShownRun } from './run-report.js';
import type { Steps } from './steps.js';
import { agreesWithTruth, summary, type Outcome } from './summary.js';

const mismatch = 11;

/**
 * Carries the incident through the commands as a user would type them. It always plans, which is quick when the proofs are
 * known: a finished run of the same plan is then shown and not made again, and an unfinished one goes on. When the worker
 * or the data have changed, so has the plan.
 * @throws EventmendFailure
 */
export async function carryThrough(place: DemoPlace, steps: Steps): Promise<number> {
  const plan = relative(place.folder, join(place.data, 'flights-2001.plan.json'));
  await steps.run('assess', 'what survived, and what it is worth', () => show(place, steps, 'assess'));
  await steps.run('plan', 'what would happen, before it happens', () =>
    show(place, steps, 'plan', '--out', plan, '--force'),
  );
  await diagnose(place, steps, plan);
  const found = await findRun(place, plan);
  if (found !== null && isFinished(found)) {
    steps.say(`\n== recover: reused, run ${found.runId} has carried this plan out (--fresh starts all over)`);
  } else {
    await steps.run('recover', 'in order, each event exactly once', () =>
      show(place, steps, 'recover', '--plan', plan),
    );
  }
  const recovered = await theRun(place, plan);
  const { runId } = recovered;
  if (recovered.status === 'verified') steps.say(`\n== verify: reused, run ${runId} is verified`);
  else await steps.run('verify', 'the same again by other means', () => show(place, steps, 'verify', runId));
  const owed = await corrections(place, steps, runId);

  const agreed = await agreement(place, steps, runId, owed);
  const run = await theRun(place, plan);
  const outcome: Outcome = { run, ...agreed, times: steps.times() };
  steps.say('\n== what came of it');
  for (const line of summary(outcome)) steps.say(line);
  return agreesWithTruth(outcome) ? 0 : mismatch;
}

/** Says what went wrong; a diagnosis by the worker of this plan is used again. */
async function diagnose(place: DemoPlace, steps: Steps, plan: string): Promise<void> {
  if (workerOfDiagnosis(place) === workerOfPlan(place, plan)) {
    steps.say('\n== diagnose: reused, the diagnosis was made with this worker');
    return;
  }
  await steps.run('diagnose', 'what went wrong, judged from the states that the service had', () =>
    show(place, steps, 'diagnose'),
  );
}

function workerOfDiagnosis(place: DemoPlace): string | null {
  const file = join(place.store, 'diagnosis', 'diagnosis.json');
  if (!existsSync(file)) return null;
  const { worker } = JSON.parse(readFileSync(file, 'utf8')) as { readonly worker: { readonly hash: string } };
  return worker.hash;
}

function workerOfPlan(place: DemoPlace, plan: string): string {
  const file = readFileSync(join(place.folder, plan), 'utf8');
  return (JSON.parse(file) as { readonly worker: { readonly hash: string } }).worker.hash;
}

/** Lists what is owed, and writes what missed and repeated events caused into a file; returns the file. */
async function corrections(place: DemoPlace, steps: Steps, runId: string): Promise<string> {
  const file = join(place.data, 'recovered', `${runId}.corrections.ndjson`);
  mkdirSync(dirname(file), { recursive: true });
  const out = relative(place.folder, file);
  if (existsSync(file)) steps.say(`\n== corrections: reused, ${out}`);
  else {
    await steps.run('corrections', 'what is owed to those who got the outputs', () =>
      show(place, steps, 'corrections', runId, '--reason', 'missed', 'twice', '--out', out),
    );
  }
  return file;
}

async function agreement(place: DemoPlace, steps: Steps, runId: string, owed: string) {
  const state = join(place.data, 'recovered', `${runId}.state.ndjson`);
  const out = relative(place.folder, state);
  if (existsSync(state)) steps.say(`\n== export: reused, ${out}`);
  else {
    await steps.run('export', 'the recovered state', () =>
      show(place, steps, 'export', runId, '--what', 'state', '--out', out),
    );
  }
  const truth = (name: string) => join(place.data, 'truth', name);
  const diagnosis = (name: string) => join(place.store, 'diagnosis', name);
  return steps.run('agree', 'with the oracle, which the recovery has never seen', async () => ({
    faults: compareFaults(truth('faults.ndjson'), diagnosis('faults.ndjson'), diagnosis('undetermined.ndjson')),
    corrections: compareCorrections(truth('faults.ndjson'), owed),
    states: compareStates(state, truth('state.ndjson')),
    // From the run itself: as a file, a million outputs would take half a gigabyte, and nobody has asked for it.
    outputs: await compareOutputs(openRunCatalogue(place.store).outputs(runId), truth('outputs.json')),
  }));
}

async function show(place: DemoPlace, steps: Steps, ...args: readonly string[]): Promise<void> {
  steps.say(`$ eventmend ${args.join(' ')}`);
  const { exitCode } = await runEventmend(args, { cwd: place.folder, show: true });
  if (exitCode !== 0) throw eventmendFailure(args, exitCode);
}

/** The run of the plan in this file; null when there is none that got as far as a report. */
async function findRun(place: DemoPlace, plan: string): Promise<ShownRun | null> {
  const { id } = JSON.parse(readFileSync(join(place.folder, plan), 'utf8')) as { readonly id: string };
  const args = ['runs', '--json'];
  const { exitCode, stdout } = await runEventmend(args, { cwd: place.folder, show: false });
  if (exitCode !== 0) throw eventmendFailure(args, exitCode);
  return runOfPlan(stdout, id);
}

async function theRun(place: DemoPlace, plan: string): Promise<ShownRun> {
  const run = await findRun(place, plan);
  if (run === null) throw new Error('the recovery left no run');
  return run;
}
