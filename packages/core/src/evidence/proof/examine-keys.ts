import { isWorkerError } from '../../model/errors/recovery-error.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { jobModule, runJob } from '../inputs/run-job.js';
import { readKeyFindings, writeKeyFindings, type KeyFindings } from './key-findings.js';
import { proofBasis, proofOf, type ProofInput, type Root } from './proof-root.js';
import { refuseInterrupted } from './refuse-interrupted.js';
import { proofOfRun, watchedProof } from './run-proof.js';
import type { SnapshotCandidate } from './snapshot-candidates.js';
import wrongKeysJob from './wrong-keys-job.js';

/** What is known of the keys of a snapshot from an earlier plan; null where nothing is. */
export function knownKeyFindings(input: ProofInput, from: Root, to: SnapshotCandidate): KeyFindings | null {
  if (!isPinned(input)) return null;
  return readKeyFindings(input.situation.store, { digest: to.description.digest, basis: proofBasis(input, from) });
}

/**
 * Replays from a state to a later snapshot over what the logs hold between the two, and tells of each of its keys whether it
 * is right, as far as the state that is begun at is. What was found out before is not replayed again.
 * @returns null where nothing can be told: the worker fails at an event between the two
 */
export async function examineKeys(
  input: ProofInput,
  from: Root,
  to: SnapshotCandidate,
  work: LongWork,
): Promise<KeyFindings | null> {
  const known = knownKeyFindings(input, from, to);
  if (known !== null) return known;
  const { situation } = input;
  const run = proofOf(input, from, [to], to.position);
  const proof = proofOfRun(run);
  let findings: KeyFindings | null;
  try {
    findings = await runJob(
      run,
      {
        module: jobModule(import.meta.url, '#wrong-keys-job'),
        job: wrongKeysJob,
        request: (forced) => ({ ...proof, forced }),
        sources: { snapshots: situation.snapshots },
        ...watchedProof(run),
      },
      work,
    );
  } catch (error) {
    if (!isWorkerError(error)) throw error;
    findings = null;
  }
  refuseInterrupted(work.signal);
  if (findings === null) return null;
  const { id, digest } = to.description;
  if (isPinned(input)) {
    writeKeyFindings(situation.store, { ...findings, snapshot: id, digest, basis: proofBasis(input, from) });
  }
  return findings;
}

/** A log that cannot tell whether it changed leaves nothing to rely on. */
function isPinned({ survey }: ProofInput): boolean {
  return survey.logs.every(({ description }) => description.fingerprint !== null);
}
