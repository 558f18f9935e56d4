import type { LongWork } from '../../model/strategy/strategy.js';
import type { SnapshotFinding, WorkerCheck } from '../../model/plan/plan.js';
import { refuseInterrupted } from './refuse-interrupted.js';
import type { CheckCoverage } from '../check-coverage/check-coverage.js';
import { findCheckCertificate, withCertificate, type CheckCertificate } from '../worker-check/check-certificates.js';
import { certificatesFor, certify, readCertificates, writeCertificates } from './certificates.js';
import { checkWorker } from './check-worker.js';
import { judgeCandidate, judgeRejected } from './judge-snapshots.js';
import type { OrderAtCut } from './prove-snapshots.js';
import { furthest, proofBasis, proofOf, proofRoot, type ProofInput } from './proof-root.js';
import { runProof } from './run-proof.js';
import type { SnapshotCandidate } from './snapshot-candidates.js';

/** A snapshot that may serve as a baseline, with what is known about it. */
export interface ExaminedSnapshot {
  readonly candidate: SnapshotCandidate;
  readonly finding: SnapshotFinding;
  /** Empty where no replay has been there. */
  readonly order: readonly OrderAtCut[];
  readonly seenUntil?: number | null;
  /** What was exercised on the way to it; null where no replay has been there. */
  readonly covered: CheckCoverage | null;
}

export interface Examination {
  /** The earliest first. */
  readonly examined: readonly ExaminedSnapshot[];
  /** All findings, those that cannot be compared included. */
  readonly findings: readonly SnapshotFinding[];
  readonly workerCheck: WorkerCheck;
  /** What that check covered; null where it was not passed, or nobody knows. */
  readonly covered: CheckCoverage | null;
  /** A proof is worth no more than its root: from a declared one everything stays declared. */
  readonly rootBasis: 'genesis' | 'declared';
  readonly proofMs: number | null;
}

/**
 * `recorded-proofs` answers at once from certificates; `prove` replays where there are none; `coverage` also where one of an
 * earlier version does not say what the proof covered.
 */
export type ExaminationDepth = 'recorded-proofs' | 'prove' | 'coverage';

/**
 * Finds out which snapshots a replay from a trust root reproduces. The root is the beginning of the log where the log
 * holds it, else the latest snapshot that the user declares trusted.
 */
export async function examineSnapshots(
  input: ProofInput,
  depth: ExaminationDepth,
  work: LongWork,
): Promise<Examination> {
  const { situation, snapshots } = input;
  const root = proofRoot(input);
  const provable = root === null ? [] : snapshots.candidates.filter((candidate) => candidate.reach > root.reach);
  const basis = root === null ? '' : proofBasis(input, root);
  // A log that cannot tell whether it changed leaves nothing to rely on.
  const pinned = input.survey.logs.every(({ description }) => description.fingerprint !== null);
  const readable = pinned ? readCertificates(situation.store) : [];
  const usable =
    depth !== 'coverage'
      ? readable
      : readable.filter(({ covered, finding }) => covered !== undefined || finding.finding !== 'proven');
  let certificates = certificatesFor(usable, basis, provable);
  let proofMs: number | null = null;
  const last = provable.at(-1);
  if (
    depth !== 'recorded-proofs' &&
    root !== null &&
    last !== undefined &&
    provable.some(({ description }) => !certificates.has(description.id))
  ) {
    const proof = await runProof(proofOf(input, root, provable, furthest(provable)), work);
    const fresh = provable.flatMap((candidate) => {
      const cut = proof.findings.find(({ id }) => id === candidate.description.id);
      return cut === undefined ? [] : [certify(candidate, cut, basis)];
    });
    proofMs = Math.round(proof.elapsedMs);
    writeCertificates(situation.store, fresh);
    certificates = new Map(fresh.map((certificate) => [certificate.snapshot, certificate]));
    refuseInterrupted(work.signal);
  }
  const examined = snapshots.candidates.map((candidate): ExaminedSnapshot => {
    const certificate = certificates.get(candidate.description.id);
    return certificate === undefined
      ? { candidate, finding: judgeCandidate(candidate, undefined, situation.trusted), order: [], covered: null }
      : {
          candidate,
          finding: trustOver(certificate.finding, situation.trusted),
          order: certificate.order,
          seenUntil: certificate.seenUntil ?? null,
          covered: certificate.covered ?? null,
        };
  });
  const made = await findCheckCertificate(input);
  // What the worker reproduces of a snapshot it reproduces, whether or not the user trusts the rest.
  const reproduced = examined.map(({ candidate, finding, ...point }) => ({
    ...point,
    finding: certificates.get(candidate.description.id)?.finding ?? finding,
  }));
  const workerCheck = withCertificate(checkWorker(reproduced, situation.incident.onset), made);
  return {
    examined,
    findings: [...examined.map(({ finding }) => finding), ...snapshots.rejected.map(judgeRejected)],
    workerCheck,
    covered: coveredBy(workerCheck, made, examined),
    rootBasis: root?.id === null ? 'genesis' : 'declared',
    proofMs,
  };
}

function coveredBy(
  { checked, snapshot }: WorkerCheck,
  made: CheckCertificate | null,
  examined: readonly ExaminedSnapshot[],
): CheckCoverage | null {
  if (!checked) return null;
  if (made?.covered !== undefined) return made.covered;
  return examined.find(({ finding }) => finding.id === snapshot)?.covered ?? null;
}

/** What the user declares stands where no proof says otherwise; a proof is better than a declaration. */
function trustOver(finding: SnapshotFinding, trusted: readonly string[]): SnapshotFinding {
  if (!trusted.includes(finding.id) || finding.finding === 'proven') return finding;
  return { ...finding, finding: 'declared', reason: `declared trusted in the incident (${finding.reason})` };
}
