import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BaselineRow } from '../../engine/store/run-store.js';
import { isBesideLog, specOfPlan } from '../../engine/spec/spec-of-plan.js';
import { runTuning } from '../../evidence/inputs/locate-replay.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { expectRun, noteSample, type TimedSample } from '../../evidence/proof/replay-rate.js';
import { refuseInterrupted } from '../../evidence/proof/refuse-interrupted.js';
import { targetOnLog } from '../../evidence/stop-position/target-on-log.js';
import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { Plan } from '../../model/plan/plan.js';
import { positionToJson } from '../../model/position/position.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { baselineOfPlan } from '../executor/baseline-of-plan.js';
import { replayIntoStore } from '../executor/replay-into-store.js';
import { openSqliteRunStore } from '../sqlite/sqlite-run-store.js';
import { isSampleEnough, judgeSample, type SampleMark } from './judge-sample.js';

/** A shorter plan is over before it was measured: it is timed only where its time decides. */
const worthTiming = 10_000;
/** Many commits tell more than the few of so short a time. */
const batchMs = 150;
/** A baseline that takes longer to write is no quick sample. */
const mostBaselineMs = 5000;
const leftBehindMs = 3_600_000;

/**
 * The plan with how long it is expected to take, where no run has told that yet: its beginning is carried out for a second at
 * most (see `isSampleEnough`), as a run would be, in a folder of its own that is thrown away. Nothing else of the plan changes, and its id does not.
 * @param timed measure it however short it is, for a whole second, and however long its baseline takes to write
 */
export async function timePlan(
  plan: Plan,
  prepared: PreparedInputs,
  { timed = false }: { readonly timed?: boolean },
  work: LongWork,
): Promise<Plan> {
  const { situation, facts } = prepared;
  const { events } = plan.expected;
  if (plan.measured.durationMs !== null || (!timed && events < worthTiming)) return plan;
  const sample = await trySample(
    plan,
    prepared,
    timed ? { events: Infinity, baselineMs: Infinity } : { events, baselineMs: mostBaselineMs },
    work,
  );
  refuseInterrupted(work.signal);
  if (sample === null) return plan;
  noteSample(situation.store, facts.hash, sample);
  return { ...plan, measured: { ...plan.measured, ...expectRun(situation.store, facts.hash, events) } };
}

/** What ends a sample ends a run as well, which says so: here nothing is measured then. */
async function trySample(...sampled: Parameters<typeof takeSample>): Promise<TimedSample | null> {
  try {
    return await takeSample(...sampled);
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    return null;
  }
}

async function takeSample(
  plan: Plan,
  prepared: PreparedInputs,
  { events, baselineMs }: { readonly events: number; readonly baselineMs: number },
  work: LongWork,
): Promise<TimedSample | null> {
  const { situation, facts, survey } = prepared;
  // Stand-ins, facts and estimates are few beside the events of the log.
  const segments = plan.segments.filter((segment) => !isBesideLog(segment));
  const spec = specOfPlan(
    { ...plan, segments, target: { position: positionToJson(targetOnLog(plan)) } },
    survey.logs.map(({ description }) => description),
  );
  const folder = newFolder(situation.store);
  const storeFile = join(folder, 'run.db');
  const store = openSqliteRunStore(storeFile, { create: true });
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  const enough = new AbortController();
  const marks: SampleMark[] = [];
  const note = ({ done: handled }: { readonly done: number }): void => {
    const ms = elapsed();
    if (handled > (marks.at(-1)?.events ?? 0)) marks.push({ ms, events: handled });
    if (isSampleEnough(marks, events)) enough.abort();
  };
  try {
    await store.writeBaseline(within(baselineOfPlan(plan, situation.snapshots, facts.worker), elapsed, baselineMs));
    const signal = work.signal === undefined ? enough.signal : AbortSignal.any([enough.signal, work.signal]);
    const tuning = { ...runTuning(situation.tuning), batchMs };
    const outcome = await replayIntoStore(prepared, { spec, store, storeFile, tuning }, { onProgress: note, signal });
    const end = { ms: elapsed(), events: marks.at(-1)?.events ?? 0 };
    return judgeSample(marks, outcome === 'reached' ? end : null);
  } catch (error) {
    if (error === tooLong) return null;
    throw error;
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const tooLong = new Error('writing the baseline takes longer than a sample may');

async function* within(
  rows: AsyncIterable<BaselineRow>,
  elapsed: () => number,
  mostMs: number,
): AsyncIterable<BaselineRow> {
  for await (const row of rows) {
    if (elapsed() > mostMs) throw tooLong;
    yield row;
  }
}

/** On the disk that runs are written to. What a killed sample left there goes. */
function newFolder(store: string): string {
  mkdirSync(store, { recursive: true });
  for (const name of readdirSync(store)) {
    const path = join(store, name);
    const isOld = name.startsWith(prefix) && Date.now() - statSync(path).mtimeMs > leftBehindMs;
    if (isOld) rmSync(path, { recursive: true, force: true });
  }
  return mkdtempSync(join(store, prefix));
}

const prefix = 'sample-';
