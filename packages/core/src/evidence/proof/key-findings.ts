import type { PartitionId } from '../../model/log/partition-id.js';
import { readNote, writeNote } from './store-note.js';

/** What a replay from an earlier state tells of the keys of a snapshot, where the log is gone in part between the two. */
export interface KeyFindings {
  /** Keys that the replay gives otherwise, where neither an order nor a hole explains that. Sorted. */
  readonly wrong: readonly string[];
  /** Keys that the replay gives too, and that no hole reaches. Sorted. */
  readonly agreeing: readonly string[];
  /** Keys of which nothing is told: a hole may have named them. */
  readonly unknown: number;
  /** Partitions whose events named the wrong keys. */
  readonly partitions: readonly PartitionId[];
  /** Which of these named each of the wrong keys, in their order; -1 where no event between the two states did. */
  readonly homes: readonly number[];
  /**
   * How unevenly the events fell on the keys that are told of: how much more their numbers vary than those of events that fall on
   * all alike, over the square of their mean. 0 where they vary no more than that.
   */
  readonly unevenness: number;
}

/** Findings as they are kept for later plans. */
interface KeptFindings extends KeyFindings {
  /** Id and digest of the snapshot that was looked at. */
  readonly snapshot: string;
  readonly digest: string;
  /** What they depend on, the state that was begun at included: see `proofBasis`. */
  readonly basis: string;
}

interface FindingsFile {
  readonly format_version: 1;
  readonly findings: readonly KeptFindings[];
}

const file = 'key-findings.json';

/** More keys are found out again by each plan. */
const mostKept = 100_000;
/** Of so many pairs of states. */
const mostPairs = 20;

/** What an earlier plan found out of a snapshot; null where none did. */
export function readKeyFindings(store: string, of: Pick<KeptFindings, 'digest' | 'basis'>): KeyFindings | null {
  const kept = readNote<FindingsFile>(store, file)?.findings ?? [];
  const known = kept.find(({ digest, basis }) => digest === of.digest && basis === of.basis);
  // Earlier versions kept no homes: it is found out again.
  return known === undefined || !Array.isArray(known.homes) ? null : known;
}

export function writeKeyFindings(store: string, fresh: KeptFindings): void {
  if (fresh.wrong.length + fresh.agreeing.length > mostKept) return;
  const kept = (readNote<FindingsFile>(store, file)?.findings ?? []).filter(
    ({ digest, basis }) => digest !== fresh.digest || basis !== fresh.basis,
  );
  writeNote<FindingsFile>(store, file, { format_version: 1, findings: [...kept, fresh].slice(-mostPairs) });
}
