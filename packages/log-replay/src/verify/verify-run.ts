import {
  adoptReplayInputs,
  hashOutputChunk,
  hashState,
  judgeRun,
  lanesOf,
  localControl,
  partitionKey,
  positionFromJson,
  RecoveryError,
  specOfPlan,
  summariseRun,
  superviseJob,
  writeFileDurably,
  type LongWork,
  type Plan,
  type ReplaySpec,
  type RunStore,
  type Verification,
  type VerificationCheck,
} from '@eventmend/core';
import { lockRun, openSqliteRunStore, passed, readRunPlan, runFiles } from '@eventmend/core/sqlite';
import { segmentsOf } from '../plan/plan-segments.js';
import { prepareSituation, type PreparedSituation } from '../plan/prepare-situation.js';
import { checkPlanIsCurrent } from '../recover/check-plan-is-current.js';
import { isFinished, readReport } from '../recover/recover-run.js';
import { reportRun } from '../report/report-run.js';
import type { ReplaySituation } from '../replay-situation.js';
import { beginningOf } from '../resources/boundary-positions.js';
import { coverPartitions, gapsOf } from '../resources/cover-partitions.js';
import { defaultEventTimeoutMs, jobModule, locateReplay } from '../threads/locate-replay.js';
import { deriveAgain, type VerificationRoute } from './derive-again.js';
import { digestOfDerivation, type DerivationDigest } from './derivation-digest.js';
import { judgeVerification } from './judge-verification.js';
import type { VerifyJobData } from './verify-job.js';

/**
 * Verifies a run: reads every row that it stored against its hash, derives the result again by the plain implementation
 * from the root, and holds both against each other. Writes the verification and the report's new verdict.
 */
export async function verifyRun(situation: ReplaySituation, runId: string, work: LongWork): Promise<Verification> {
  const files = runFiles(situation.store, runId);
  const plan = readRunPlan(files);
  const report = readReport(files);
  if (report === null || !isFinished(report)) {
    throw new RecoveryError('EM4011', `run ${runId} has not reached its target yet`, {
      hint: `eventmend resume ${runId}`,
    });
  }
  const lock = lockRun(files.lock, runId);
  const prepared = await prepareSituation(situation);
  const store = openSqliteRunStore(files.database, { create: false });
  try {
    const descriptions = prepared.survey.logs.map(({ description }) => description);
    await checkPlanIsCurrent(plan, prepared);
    const spec = specOfPlan(plan, descriptions);
    const stored = checkStoredRows(spec, store);
    const again = await derive(prepared, plan, store, work);
    const summary = summariseRun(spec, store);
    const checks = [stored, ...judgeVerification(plan, summary, store.baseline()?.digest ?? '', again)];
    const unnamed = { runId, checks, measures: again.measures };
    const outcome = checks.some(({ result }) => result === 'failed') ? 'failed' : 'passed';
    const verification: Verification = { ...unnamed, verdict: judgeRun(summary, plan.workerCheck, outcome) };
    writeFileDurably(files.verification, `${JSON.stringify(verification, null, 2)}\n`);
    const status = passed(verification) ? 'verified' : 'mismatch';
    const { live, elapsedMs } = report;
    const renewed = reportRun({ plan, spec, store, status, live, verification: outcome, elapsedMs });
    writeFileDurably(files.report, `${JSON.stringify(renewed, null, 2)}\n`);
    return verification;
  } finally {
    store.close();
    prepared.close();
    lock.release();
  }
}

/** Reads everything that the run stored: a flipped bit anywhere in it is found here. */
function checkStoredRows(spec: ReplaySpec, store: RunStore): VerificationCheck {
  let states = 0;
  for (const { key, text, hash } of store.states()) {
    if (text === null) continue;
    states++;
    if (hashState(key, JSON.parse(text)) !== hash) {
      return {
        name: 'store',
        result: 'failed',
        detail: `the state of key ${JSON.stringify(key)} does not match its hash`,
      };
    }
  }
  for (const { lane } of lanesOf(spec)) {
    for (const chunk of store.chunks(lane)) {
      if (hashOutputChunk(chunk.text) !== chunk.hash) {
        return {
          name: 'store',
          result: 'failed',
          detail: `chunk ${chunk.number} of the outputs does not match its hash`,
        };
      }
    }
  }
  return {
    name: 'store',
    result: 'passed',
    detail: `${states.toLocaleString('en-US')} states and all outputs match their hashes`,
  };
}

async function derive(
  prepared: PreparedSituation,
  plan: Plan,
  store: RunStore,
  work: LongWork,
): Promise<DerivationDigest> {
  const { situation, survey, recorded } = prepared;
  const logs = survey.logs.map(({ log }) => log);
  const forced = store.forcedQuarantines().map(({ partition, offset }) => ({ ...partition, offset, code: 'EM3003' }));
  const route: VerificationRoute = {
    plan,
    descriptions: survey.logs.map(({ description }) => description),
    approach: approachOf(prepared, plan),
    forced,
  };
  const total = offsetsOf(route);
  const tell = (done: number, quarantined: number): void =>
    work.onProgress?.({ phase: 'verify', done: Math.min(done, total), total, quarantined });
  const signal = work.signal === undefined ? {} : { signal: work.signal };
  const locators = locateReplay(situation, logs);
  const snapshots = situation.snapshots;
  if (locators === null || (snapshots !== null && snapshots.locator === undefined)) {
    const inputs = await adoptReplayInputs(logs, situation.worker, situation.references, recorded);
    const control = localControl({
      onProgress: ({ handled, quarantined }) => {
        tell(handled, quarantined);
      },
      ...signal,
    });
    return digestOfDerivation(await deriveAgain(route, inputs, snapshots, control), inputs.instance);
  }
  const data: VerifyJobData = { route, locators, snapshots: snapshots?.locator ?? null };
  return superviseJob<DerivationDigest>({
    module: jobModule('#verify-job'),
    data,
    eventTimeoutMs: situation.tuning?.eventTimeoutMs ?? defaultEventTimeoutMs,
    describe: ({ offset }) => `offset ${offset}`,
    onObservation: ({ handled, quarantined }) => {
      tell(handled, quarantined);
    },
    ...signal,
  });
}

/** The way from the beginning of the log to the baseline, where the logs still hold it. */
function approachOf({ survey }: PreparedSituation, plan: Plan): VerificationRoute['approach'] {
  if (plan.baseline.every((part) => part.source.kind === 'genesis') || plan.baseline.length > 1) return null;
  const baseline = positionFromJson(plan.baseline[0]?.position ?? []);
  const cover = coverPartitions(survey, beginningOf(survey), baseline);
  return gapsOf(cover).length > 0 ? null : segmentsOf(cover, survey, 'exact');
}

function offsetsOf({ plan, approach }: VerificationRoute): number {
  const known = new Set(plan.segments.map(partitionKey));
  return [...plan.segments, ...(approach ?? [])]
    .filter((segment) => known.has(partitionKey(segment)))
    .reduce((sum, segment) => sum + Number(segment.to) - Number(segment.from), 0);
}
