import { isBeforeOrAt, samePosition } from '../../model/position/position.js';
import type { SnapshotFinding } from '../../model/plan/plan.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { CheckCoverage } from '../check-coverage/check-coverage.js';
import { coverPartitions, lostOf } from '../coverage/cover-partitions.js';
import { offsetsOf } from '../inputs/locate-replay.js';
import { certificatesFor, certify, type Certificate, readCertificates, writeCertificates } from './certificates.js';
import { proofBasis, proofOf, type ProofInput, rootOf } from './proof-root.js';
import { refuseInterrupted } from './refuse-interrupted.js';
import { runProofs } from './run-proof.js';
import { shareOut } from './share-out.js';
import type { SnapshotCandidate } from './snapshot-candidates.js';

/** What the service made of the events between two of its snapshots, against what the worker makes of them. */
export interface Transition {
  readonly from: SnapshotCandidate;
  readonly to: SnapshotCandidate;
  /** Offsets between the two. */
  readonly offsets: number;
  /** Of the later one, replayed from the earlier one as it stands. */
  readonly finding: SnapshotFinding;
  /** What was exercised on the way. */
  readonly covered: CheckCoverage | null;
}

/**
 * Replays from each snapshot to the next one, wherever the logs hold all that lies between them, several at once. Where the
 * beginning of the log is gone this still tells between which two snapshots the service went wrong, and that the worker does
 * what the service did. A transition that is reproduced does not make the later snapshot right where the earlier is not.
 * @param atOnce threads at most
 * @param leastOffsets from so many on another thread pays: it loads everything anew
 */
export async function proveTransitions(
  input: ProofInput,
  work: LongWork,
  atOnce = 2,
  leastOffsets = 100_000,
): Promise<readonly Transition[]> {
  // A snapshot of the service does not hold the window of recent ids, so no replay can begin at one.
  if (input.facts.worker.deduplicate !== undefined) return [];
  const { situation, survey, snapshots } = input;
  const open = snapshots.candidates.flatMap((to, index) => {
    const from = snapshots.candidates[index - 1];
    if (from === undefined || samePosition(from.position, to.position)) return [];
    if (!isBeforeOrAt(from.position, to.position)) return [];
    return lostOf(coverPartitions(survey, from.position, to.position)).length > 0 ? [] : [{ from, to }];
  });
  const pinned = survey.logs.every(({ description }) => description.fingerprint !== null);
  const known = pinned ? readCertificates(situation.store) : [];
  const certificates = new Map<SnapshotCandidate, Certificate>();
  const proofs = open.map(({ from, to }) => {
    const root = rootOf(from);
    const basis = proofBasis(input, root);
    const found = certificatesFor(known, basis, [to]).get(to.description.id);
    if (found !== undefined) certificates.set(to, found);
    return { from, to, basis, proof: proofOf(input, root, [to], to.position) };
  });
  const waiting = proofs.filter(({ to }) => !certificates.has(to));
  const total = waiting.reduce((sum, { proof }) => sum + offsetsOf(proof.spec), 0);
  const { signal } = work;
  const shares = shareOut(
    waiting,
    ({ proof }) => offsetsOf(proof.spec),
    Math.max(1, Math.min(atOnce, Math.floor(total / leastOffsets))),
  );
  const done = shares.map(() => 0);
  const proveShare = async (share: readonly (typeof waiting)[number][], number: number): Promise<void> => {
    const onProgress: NonNullable<LongWork['onProgress']> = (report) => {
      done[number] = report.done;
      work.onProgress?.({ phase: 'prove', done: done.reduce((sum, part) => sum + part, 0), total, quarantined: 0 });
    };
    const findings = await runProofs(
      share.map(({ proof }) => proof),
      { onProgress, ...(signal !== undefined && { signal }) },
    );
    for (const [index, { to, basis }] of share.entries()) {
      const cut = findings[index]?.[0];
      if (cut !== undefined) certificates.set(to, certify(to, cut, basis));
    }
  };
  await Promise.all(shares.map(proveShare));
  refuseInterrupted(signal);
  writeCertificates(situation.store, [...certificates.values()]);
  return proofs.flatMap(({ from, to, proof }) => {
    const made = certificates.get(to);
    if (made === undefined) return [];
    const { finding, covered = null } = made;
    return [{ from, to, offsets: offsetsOf(proof.spec), finding, covered }];
  });
}
