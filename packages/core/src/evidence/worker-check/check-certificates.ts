import { hash as hashOnce } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../model/json/canonical-json.js';
import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import type { WorkerCheck } from '../../model/plan/plan.js';
import type { ProofInput } from '../proof/proof-root.js';

/** What a check of the worker came to. It stays true as long as everything that it depended on is the same. */
export interface CheckCertificate {
  /** SHA-256 over worker, references, order, logs, snapshots, recorded outputs and onset. */
  readonly basis: string;
  readonly verdict: 'passed' | 'mismatch';
  readonly snapshot: string | null;
  readonly reason: string;
}

interface CertificateFile {
  readonly format_version: 1;
  readonly checks: readonly CheckCertificate[];
}

const mostKept = 100;

function fileOf(store: string): string {
  return join(store, 'worker-checks.json');
}

/** Everything that a check depends on; null where a log or the record cannot tell whether it has changed. */
export async function checkBasis({
  situation,
  facts,
  survey,
  snapshots,
  recorded,
}: ProofInput): Promise<string | null> {
  const outputs = situation.recordedOutputs ?? null;
  const outputsDigest = outputs === null ? '' : (await outputs.describe()).digest;
  const fingerprints = survey.logs.map(({ description }) => description.fingerprint);
  if (outputsDigest === null || fingerprints.includes(null)) return null;
  return hashOnce(
    'sha256',
    canonicalJson({
      form: 1,
      worker: facts.hash,
      references: facts.references,
      order: situation.order,
      poison: situation.poison,
      recorded: recorded?.digest ?? null,
      logs: fingerprints,
      snapshots: snapshots.candidates.map(({ description: { id, digest } }) => [id, digest]),
      outputs: outputsDigest,
      onset: situation.incident.onset,
      ...((situation.declaredGaps ?? []).length > 0 && { gaps: situation.declaredGaps }),
    }),
  );
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
  const content: CertificateFile = { format_version: 1, checks: [...others, certificate].slice(-mostKept) };
  mkdirSync(store, { recursive: true });
  writeFileDurably(fileOf(store), `${JSON.stringify(content, null, 2)}\n`);
}

/** What a plan says of the worker: a check that was made weighs more than the snapshots alone, for better and for worse. */
export function withCertificate(check: WorkerCheck, certificate: CheckCertificate | null): WorkerCheck {
  if (certificate === null) return check;
  const { verdict, snapshot, reason } = certificate;
  return { checked: verdict === 'passed', snapshot: verdict === 'passed' ? snapshot : null, reason };
}

function readAll(store: string): readonly CheckCertificate[] {
  const file = fileOf(store);
  if (!existsSync(file)) return [];
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as CertificateFile;
    return content.format_version === 1 ? content.checks : [];
  } catch {
    return []; // a check that cannot be read shows nothing; it can be made again
  }
}
