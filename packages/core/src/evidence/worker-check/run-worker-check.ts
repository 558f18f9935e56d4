import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { WorkerSource } from '../../worker/worker-source.js';
import { keysReproduced } from '../proof/check-worker.js';
import { judgeCandidate } from '../proof/judge-snapshots.js';
import { proofOf, proofRoot, type Root } from '../proof/proof-root.js';
import type { CutFinding } from '../proof/prove-snapshots.js';
import { proofOfRun, watchedProof } from '../proof/run-proof.js';
import type { SnapshotCandidate } from '../proof/snapshot-candidates.js';
import { checkSentence } from './check-sentence.js';
import { uniteCoverage, type CheckCoverage } from '../check-coverage/check-coverage.js';
import { endOf } from '../coverage/boundary-positions.js';
import { partitionKey } from '../../model/log/partition-id.js';
import { prepareWithLog, type PreparedInputs } from '../inputs/prepare-inputs.js';
import type { RecoveryInputs } from '../inputs/recovery-inputs.js';
import { jobModule, runJob } from '../inputs/run-job.js';
import { checkBasis, writeCheckCertificate } from './check-certificates.js';
import { checkFaultyVersion, refuseStopped } from './check-faulty-version.js';
import checkJob from './check-job.js';
import type { OutputsCheck, WorkerCheckReport } from './check-report.js';
import { checkStretch, type CheckStretch } from './check-stretch.js';
import { judgeCheck, type JudgedSnapshot } from './judge-check.js';
import type { CheckFindings, CheckTask } from './replay-check.js';
import { spoolRecordedOutputs, type SpoolSummary } from './spool-recorded-outputs.js';

interface WorkerCheckOptions {
  /** Outputs of events before this moment are left alone, in milliseconds. */
  readonly stretchFrom?: number;
  /** Where the healthy stretch ends, in milliseconds; by default the onset of the incident. */
  readonly until?: number;
  /** The version that was deployed; it should reproduce the wrong live state. */
  readonly faulty?: WorkerSource;
}

/**
 * Replays the worker over a stretch from before the error and compares with what the service recorded there: states at
 * the positions of its snapshots, and outputs. Keeps what it found as a certificate for later plans.
 * @throws RecoveryError `invalid-argument` for a stretch that cannot be, `interrupted` when it was stopped; the errors
 *   of the log and of the worker
 */
export async function runWorkerCheck(
  situation: RecoveryInputs,
  options: WorkerCheckOptions = {},
  work: LongWork = {},
): Promise<WorkerCheckReport> {
  const prepared = await prepareWithLog(situation);
  try {
    return await checkPrepared(prepared, options, work);
  } finally {
    prepared.close();
  }
}

async function checkPrepared(
  prepared: PreparedInputs,
  options: WorkerCheckOptions,
  work: LongWork,
): Promise<WorkerCheckReport> {
  const { facts } = prepared;
  const { stretchFrom: from, until } = options;
  const request = { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
  const stretch = await checkStretch(prepared, request, work);
  const worker = { name: facts.worker.name, version: facts.worker.version, hash: facts.hash };
  const root = proofRoot(prepared, stretch.end);
  if (root === null) {
    return { ...nothingFound, worker, reason: { kind: 'no-root' }, stretch: stretchOf(null, stretch, null) };
  }
  const { findings, spool } = await replayStretch(prepared, root, stretch, work);
  const snapshots = judgeAll(stretch, root, findings.cuts);
  const judgement = judgeCheck({
    healthy: stretch.until !== null,
    snapshots,
    outputs: findings.outputs,
    quarantined: findings.end?.quarantined ?? 0,
  });
  const covered = judgement.verdict === 'passed' ? coverageOf(judgement, findings) : findings.covered;
  await keepCertificate(prepared, root, stretch, judgement, covered);
  const faulty =
    options.faulty === undefined
      ? null
      : await checkFaultyVersion(prepared, lastProven(root, stretch, snapshots, findings), options.faulty, work);
  return {
    worker,
    verdict: judgement.verdict,
    reason: judgement.reason,
    stretch: stretchOf(root, stretch, findings.end),
    snapshots: snapshots.map(({ finding }) => finding),
    outputs: spool === null ? null : { ...spool, outputs: findings.outputs },
    firstDifference: findings.firstOutput ?? findings.firstState,
    fields: findings.fields,
    wouldAgree: findings.wouldAgree,
    faulty,
    coverage: {
      covered,
      notCovered: {
        types: (findings.types ?? []).filter(({ type }) => covered.types?.includes(type) === false),
        lines: covered.code?.notRun ?? [],
        fields: findings.dropped,
      },
      reviewed: prepared.situation.reviewed ?? [],
    },
  };
}

const nothingFound = {
  verdict: 'cannot-be-told',
  snapshots: [],
  outputs: null,
  firstDifference: null,
  fields: [],
  wouldAgree: 0,
  faulty: null,
  coverage: null,
} as const;

interface ReplayedStretch {
  readonly findings: CheckFindings;
  readonly spool: Omit<OutputsCheck, 'outputs'> | null;
}

async function replayStretch(
  prepared: PreparedInputs,
  root: Root,
  stretch: CheckStretch,
  work: LongWork,
): Promise<ReplayedStretch> {
  const { situation } = prepared;
  const outputs = situation.recordedOutputs ?? null;
  if (outputs === null) return { findings: await replay(prepared, root, stretch, null, work), spool: null };
  mkdirSync(situation.store, { recursive: true });
  const folder = mkdtempSync(join(situation.store, 'check-'));
  try {
    const file = join(folder, 'outputs.db');
    const described = await outputs.describe();
    const summary = await spoolRecordedOutputs(outputs, file, stretch.end, work.signal);
    const { from: keptFrom, until: keptUntil, location } = described;
    const task = { file, stretch: { from: stretch.from, ranges: summary.ranges, keptFrom, keptUntil } };
    const findings = await replay(prepared, root, stretch, task, work);
    return { findings, spool: { location, ...countsOf(summary) } };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function countsOf({ outside, nameless }: SpoolSummary): Pick<OutputsCheck, 'outside' | 'nameless'> {
  return { outside, nameless };
}

async function replay(
  prepared: PreparedInputs,
  root: Root,
  stretch: CheckStretch,
  outputs: CheckTask['outputs'],
  work: LongWork,
): Promise<CheckFindings> {
  const run = proofOf(prepared, root, behind(root, stretch), stretch.end);
  const proof = proofOfRun(run);
  const until = stretch.end.map((part) => part.next);
  const ends = new Map(endOf(prepared.survey).map((part) => [partitionKey(part), part.next]));
  const beyond = stretch.end.map((part) => ends.get(partitionKey(part)) ?? part.next);
  const findings = await runJob(
    run,
    {
      module: jobModule(import.meta.url, '#check-job'),
      job: checkJob,
      request: (forced) => ({ proof: { ...proof, forced }, until, outputs, beyond }),
      sources: { snapshots: run.situation.snapshots },
      recordBlocks: true,
      ...watchedProof(run),
    },
    work,
  );
  refuseStopped(work.signal);
  return findings;
}

/** What agreed: everything up to the last snapshot that was reproduced, and what gave outputs that all agree. */
function coverageOf(
  { reason, snapshot }: ReturnType<typeof judgeCheck>,
  { cuts, coveredByOutputs }: CheckFindings,
): CheckCoverage {
  const bySnapshot = cuts.find(({ id }) => id === snapshot)?.covered ?? null;
  const outputs = reason.kind === 'reproduced' ? reason.agreement.outputs : 0;
  if (bySnapshot === null) return coveredByOutputs;
  return outputs === 0 ? bySnapshot : uniteCoverage(bySnapshot, coveredByOutputs);
}

function behind(root: Root, { snapshots }: CheckStretch): readonly SnapshotCandidate[] {
  return snapshots.filter(({ reach }) => reach > root.reach);
}

function judgeAll(stretch: CheckStretch, root: Root, cuts: readonly CutFinding[]): readonly JudgedSnapshot[] {
  return behind(root, stretch).map((candidate) => {
    const cut = cuts.find(({ id }) => id === candidate.description.id);
    const finding = judgeCandidate(candidate, cut, []);
    const comparison = cut?.comparison ?? null;
    // Off the path, a key whose order matters was compared in an order that nobody knows to be the service's.
    const allShown = comparison !== null && comparison.keys > 0 && comparison.shown === comparison.keys;
    const whole = allShown && cut?.quarantined === 0 && cut.reached === undefined;
    return { finding, reproduced: finding.finding === 'proven' || keysReproduced(finding) > 0 || whole };
  });
}

/** The latest proven snapshot of the stretch, where the incident can be entered; else the root. */
function lastProven(
  root: Root,
  stretch: CheckStretch,
  snapshots: readonly JudgedSnapshot[],
  { cuts }: CheckFindings,
): Root {
  const proven = snapshots.findLast(({ finding }) => finding.finding === 'proven')?.finding.id;
  const candidate = stretch.snapshots.find(({ description }) => description.id === proven);
  const cut = cuts.find(({ id }) => id === proven);
  if (candidate === undefined || cut === undefined) return root;
  const { id, digest, stateVersion } = candidate.description;
  const position = candidate.position.map((part, place) => {
    const at = cut.order[place];
    return { ...part, order: { watermark: at?.watermark ?? -Infinity, clock: at?.clock ?? -Infinity } };
  });
  return { id, basis: 'proven', digest, stateVersion, position, reach: candidate.reach };
}

function stretchOf(
  root: Root | null,
  { from, until }: CheckStretch,
  end: CheckFindings['end'],
): WorkerCheckReport['stretch'] {
  const start = root === null ? null : { snapshot: root.id, basis: root.basis };
  return { root: start, from, until, applied: end?.applied ?? 0, quarantined: end?.quarantined ?? 0 };
}

/** Kept only where a plan may rely on it: the incident itself names the onset, and the replay began where no state was. */
async function keepCertificate(
  prepared: PreparedInputs,
  root: Root,
  stretch: CheckStretch,
  { reason, snapshot }: ReturnType<typeof judgeCheck>,
  covered: CheckCoverage,
): Promise<void> {
  const { situation } = prepared;
  if (reason.kind !== 'reproduced' && reason.kind !== 'not-reproduced') return;
  if (situation.incident.onset === null || stretch.until === null) return;
  if (root.id !== null) return;
  const basis = await checkBasis(prepared);
  if (basis === null) return;
  const verdict = reason.kind === 'reproduced' ? 'passed' : 'mismatch';
  writeCheckCertificate(situation.store, {
    basis,
    verdict,
    snapshot,
    reason: checkSentence(reason),
    ...(verdict === 'passed' ? { covered } : {}),
  });
}
