import type { SnapshotFinding } from '../../model/plan/plan.js';
import type { RejectedSnapshot, SnapshotCandidate } from './snapshot-candidates.js';
import { placementSentence } from './placement-sentence.js';
import type { CutFinding } from './prove-snapshots.js';

/**
 * What a replay's finding means. A state that was not reproduced is only `differs` where the live service had no other
 * permissible order to choose: a recorded or explicit order, partitions that share no keys, or a key whose events all stand
 * in one partition, those of the keys that it is connected with included.
 */
export function judgeCandidate(
  { description }: SnapshotCandidate,
  cut: CutFinding | undefined,
  trusted: readonly string[],
): SnapshotFinding {
  const { id, digest, takenAt } = description;
  const none = { id, digest, takenAt, keysCompared: 0, keysDiffering: 0, firstDifference: null };
  if (cut === undefined) {
    return trusted.includes(id)
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
  const { comparison } = cut;
  if (comparison === null) return { ...none, finding: 'order-not-determined', reason: offPath };
  const { keys, differing, undetermined, firstDifference, firstDetermined } = comparison;
  const shown = firstDetermined ?? firstDifference;
  const first =
    shown === null ? null : `key ${JSON.stringify(shown.key)}: replayed ${shown.derived}, snapshot ${shown.recorded}`;
  const { reached } = cut;
  const compared = {
    id,
    digest,
    takenAt,
    keysCompared: keys,
    keysDiffering: differing,
    firstDifference: first,
    ...(reached !== undefined && reached.differing === differing && { keysReached: reached.keys }),
  };
  if (differing > undetermined) {
    const wrong = differing - undetermined;
    const reason =
      undetermined === 0 && cut.stop === 'reached'
        ? 'the replay from the root gives other states'
        : `the replay from the root gives other states; of ${count(wrong)} keys ${explanations(cut)} explains it`;
    return { ...compared, finding: 'differs', reason };
  }
  if (cut.stop === 'off-path') {
    const reason = `${offPath}; in another permissible order ${count(keys - differing)} of ${count(keys)} keys agree`;
    return { ...compared, finding: 'order-not-determined', reason };
  }
  if (reached !== undefined && (differing > 0 || cut.quarantined === 0)) {
    const others = keys - reached.keys;
    const agreeing = others - (differing - reached.differing);
    const of = others === 0 ? '' : `; of the others the replay reproduces ${count(agreeing)} of ${count(others)}`;
    const which = reached.keys === 0 ? 'keys that nobody knows' : `${count(reached.keys)} of ${count(keys)} keys`;
    const reason = `a hole or a parked event before it can reach ${which}${of}`;
    return { ...compared, finding: 'not-comparable', reason };
  }
  if (differing > 0) {
    const reason =
      'the replay gives other states, which an error or another permissible order of the partitions may explain';
    return { ...compared, finding: 'order-not-determined', reason };
  }
  if (cut.quarantined > 0) {
    return {
      ...compared,
      finding: 'not-comparable',
      reason: `it is reproduced only without ${count(cut.quarantined)} quarantined events before it`,
    };
  }
  return keys === 0
    ? { ...compared, finding: 'not-comparable', reason: 'it is empty, and so proves nothing' }
    : { ...compared, finding: 'proven', reason: 'the replay from the root reproduces it' };
}

function explanations({ reached }: CutFinding): string {
  return reached === undefined ? 'no order of the partitions' : 'neither an order of the partitions nor a hole';
}

const offPath =
  'the order of the replay does not pass through its position: the service interleaved the partitions otherwise';

function count(number: number): string {
  return number.toLocaleString('en-US');
}

export function judgeRejected({ description, reason }: RejectedSnapshot): SnapshotFinding {
  const { id, digest, takenAt } = description;
  const none = { keysCompared: 0, keysDiffering: 0, firstDifference: null };
  return { id, digest, takenAt, ...none, finding: 'not-comparable', reason: placementSentence(reason) };
}
