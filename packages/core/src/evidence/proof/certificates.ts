import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import type { SnapshotFinding } from '../../model/plan/plan.js';
import type { CheckCoverage } from '../check-coverage/check-coverage.js';
import type { OrderAtCut } from './prove-snapshots.js';

/**
 * What a replay from a root found out about a snapshot. It stays true as long as snapshot, worker, order and root are the
 * same, so later plans reuse it.
 */
export interface Certificate {
  readonly snapshot: string;
  readonly digest: string;
  /** SHA-256 over worker hash, references, order, poison policy, root and log: what the proof depended on. */
  readonly basis: string;
  readonly finding: SnapshotFinding;
  readonly order: readonly OrderAtCut[];
  /** What was exercised up to the snapshot; absent in files of earlier versions, which then prove no coverage. */
  readonly covered?: CheckCoverage;
}

interface CertificateFile {
  readonly format_version: 1;
  readonly certificates: readonly Certificate[];
}

function fileOf(store: string): string {
  return join(store, 'certificates.json');
}

/** All certificates of a store; none when there is no file, or one of another version. */
export function readCertificates(store: string): readonly Certificate[] {
  const file = fileOf(store);
  if (!existsSync(file)) return [];
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as CertificateFile;
    return content.format_version === 1 ? content.certificates : [];
  } catch {
    return []; // a certificate that cannot be read proves nothing; the plan proves again
  }
}

export function writeCertificates(store: string, fresh: readonly Certificate[]): void {
  const replaced = new Set(fresh.map(nameOf));
  const kept = readCertificates(store).filter((certificate) => !replaced.has(nameOf(certificate)));
  const content: CertificateFile = { format_version: 1, certificates: [...kept, ...fresh] };
  mkdirSync(store, { recursive: true });
  writeFileDurably(fileOf(store), `${JSON.stringify(content, null, 2)}\n`);
}

function nameOf({ digest, basis, snapshot }: Certificate): string {
  return `${basis}/${digest}/${snapshot}`;
}
