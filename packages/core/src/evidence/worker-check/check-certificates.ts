import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { WorkerCheck } from '../../model/plan/plan.js';
import type { CheckCoverage } from '../check-coverage/check-coverage.js';
import type { ProofInput } from '../proof/proof-root.js';
import { replayBasis } from '../inputs/spec-between.js';
import { readNote, writeNote } from '../proof/store-note.js';

/** What a check of the worker came to. It stays true as long as everything that it depended on is the same. */
export interface CheckCertificate {
  /** SHA-256 over worker, references, order, logs, snapshots, recorded outputs and onset. */
  readonly basis: string;
  readonly verdict: 'passed' | 'mismatch';
  readonly snapshot: string | null;
  readonly reason: string;
  /** What was exercised; absent in files of earlier versions, and where the check was not passed. */
  readonly covered?: CheckCoverage;
}

interface CertificateFile {
  readonly format_version: 1;
  readonly checks: readonly CheckCertificate[];
}

const mostKept = 100;

const file = 'worker-checks.json';

/** Everything that a check depends on; null where a log or the record cannot tell whether it has changed. */
export async function checkBasis(input: ProofInput): Promise<string | null> {
  const { situation, survey, snapshots } = input;
  const outputs = situation.recordedOutputs ?? null;
  const outputsDigest = outputs === null ? '' : (await outputs.describe()).digest;
  if (outputsDigest === null || survey.logs.some(({ description }) => description.fingerprint === null)) return null;
  return replayBasis(input, {
    form: 2,
    snapshots: snapshots.candidates.map(({ description: { id, digest } }) => [id, digest]),
    outputs: outputsDigest,
    onset: situation.incident.onset,
  });
}

/** What is known of the worker from an earlier check. The records are only looked at where there was one. */
export async function findCheckCertificate(input: ProofInput): Promise<CheckCertificate | null> {
  const known = readAll(input.situation.store);
  if (known.length === 0) return null;
  try {
    const basis = await checkBasis(input);
    return known.find((one) => one.basis === basis) ?? null;
  } catch (error) {
    if (isRecoveryError(error)) return null; // records that cannot be read show nothing
    throw error;
  }
}

export function writeCheckCertificate(store: string, certificate: CheckCertificate): void {
  const others = readAll(store).filter(({ basis }) => basis !== certificate.basis);
  writeNote<CertificateFile>(store, file, { format_version: 1, checks: [...others, certificate].slice(-mostKept) });
}

/** What a plan says of the worker: a check that was made weighs more than the snapshots alone, for better and for worse. */
export function withCertificate(check: WorkerCheck, certificate: CheckCertificate | null): WorkerCheck {
  if (certificate === null) return check;
  const { verdict, snapshot, reason } = certificate;
  return verdict === 'passed'
    ? { checked: true, snapshot, reason }
    : { checked: false, failed: true, snapshot: null, reason };
}

function readAll(store: string): readonly CheckCertificate[] {
  return readNote<CertificateFile>(store, file)?.checks ?? [];
}
