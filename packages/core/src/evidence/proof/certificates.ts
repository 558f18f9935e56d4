import type { SnapshotFinding } from '../../model/plan/plan.js';
import type { CheckCoverage } from '../check-coverage/check-coverage.js';
import { judgeCandidate } from './judge-snapshots.js';
import type { CutFinding, OrderAtCut } from './prove-snapshots.js';
import type { SnapshotCandidate } from './snapshot-candidates.js';
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
  readonly seenUntil?: number | null;
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

/** Those of a basis that were made of the candidates as they are now, by the id of the snapshot. */
export function certificatesFor(
  all: readonly Certificate[],
  basis: string,
  candidates: readonly SnapshotCandidate[],
): ReadonlyMap<string, Certificate> {
  const digests = new Map(candidates.map(({ description }) => [description.id, description.digest]));
  return new Map(
    all
      .filter((certificate) => certificate.basis === basis && digests.get(certificate.snapshot) === certificate.digest)
      .map((certificate) => [certificate.snapshot, certificate]),
  );
}

/** What is kept of a finding. */
export function certify(candidate: SnapshotCandidate, cut: CutFinding, basis: string): Certificate {
  const { id, digest } = candidate.description;
  const { order, covered, seenUntil } = cut;
  return {
    ...{ snapshot: id, digest, basis, order },
    finding: judgeCandidate(candidate, cut, []),
    ...(covered !== undefined && { covered }),
    ...(seenUntil !== undefined && { seenUntil }),
  };
}
