import type { OrderSpec, SnapshotFinding } from '@eventmend/core';
import type { RejectedSnapshot, SnapshotCandidate } from './snapshot-candidates.js';
import type { CutFinding } from './prove-snapshots.js';

export interface JudgementContext {
  readonly trusted: readonly string[];
  readonly order: OrderSpec;
  readonly locality: 'partition' | 'global';
}

/**
 * What a replay's finding means. A state that was not reproduced is only `differs` where the live service had no other
 * permissible order to choose: a recorded or explicit order, or partitions that share no keys.
 */
export function judgeCandidate(
  { description }: SnapshotCandidate,
  cut: CutFinding | undefined,
  context: JudgementContext,
): SnapshotFinding {
  const { id, digest, takenAt } = description;
  const none = { id, digest, takenAt, keysCompared: 0, keysDiffering: 0, firstDifference: null };
  if (cut === undefined) {
    return context.trusted.includes(id)
      ? { ...none, finding: 'declared', reason: 'declared trusted in the incident' }
      : { ...none, finding: 'not-checked', reason: 'no replay has reached it' };
  }
  if (cut.stop === 'behind') {
    return {
      ...none,
      finding: 'not-comparable',
      reason: 'another snapshot is ahead of it in one partition and behind it in another; name one of the two alone',
    };
  }
  if (cut.comparison === null) {
    return {
      ...none,
      finding: 'order-not-determined',
      reason:
        'the order of the replay does not pass through its position: the service interleaved the partitions otherwise',
    };
  }
  const { keys, differing, firstDifference } = cut.comparison;
  const first =
    firstDifference === null
      ? null
      : `key ${JSON.stringify(firstDifference.key)}: replayed ${firstDifference.derived}, snapshot ${firstDifference.recorded}`;
  const compared = { id, digest, takenAt, keysCompared: keys, keysDiffering: differing, firstDifference: first };
  if (differing === 0 && cut.quarantined > 0) {
    return {
      ...compared,
      finding: 'not-comparable',
      reason: `it is reproduced only without ${cut.quarantined.toLocaleString('en-US')} quarantined events before it`,
    };
  }
  if (differing === 0) {
    return keys === 0
      ? { ...compared, finding: 'not-comparable', reason: 'it is empty, and so proves nothing' }
      : { ...compared, finding: 'proven', reason: 'the replay from the root reproduces it' };
  }
  if (context.order.by === 'time' && context.locality === 'global') {
    return {
      ...compared,
      finding: 'order-not-determined',
      reason:
        'the replay gives other states, which an error or another permissible order of the partitions may explain',
    };
  }
  return { ...compared, finding: 'differs', reason: 'the replay from the root gives other states' };
}

export function judgeRejected({ description, reason }: RejectedSnapshot): SnapshotFinding {
  const { id, digest, takenAt } = description;
  const none = { keysCompared: 0, keysDiffering: 0, firstDifference: null };
  return { id, digest, takenAt, ...none, finding: 'not-comparable', reason };
}
