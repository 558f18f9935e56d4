import type { SnapshotFinding } from '../../model/plan/plan.js';
import type { CheckCoverage } from '../check-coverage/check-coverage.js';
import type { OrderAtCut } from './prove-snapshots.js';
import { readNote, writeNote } from './store-note.js';

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

const file = 'certificates.json';

/** All certificates of a store; none when there is no file, or one of another version. */
export function readCertificates(store: string): readonly Certificate[] {
  return readNote<CertificateFile>(store, file)?.certificates ?? [];
}

export function writeCertificates(store: string, fresh: readonly Certificate[]): void {
  const replaced = new Set(fresh.map(nameOf));
  const kept = readCertificates(store).filter((certificate) => !replaced.has(nameOf(certificate)));
  writeNote<CertificateFile>(store, file, { format_version: 1, certificates: [...kept, ...fresh] });
}

function nameOf({ digest, basis, snapshot }: Certificate): string {
  return `${basis}/${digest}/${snapshot}`;
}
