import type { ReplayInputs } from '../../engine/replay/replay-inputs.js';
import type { RunControl } from '../../engine/threads/run-control.js';
import { partitionKey } from '../../model/log/partition-id.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import type { KeyFindings } from './key-findings.js';
import { proveSnapshots, type Proof } from './prove-snapshots.js';

/**
 * Replays to the one snapshot of a proof and tells key by key. Memory follows the keys.
 * @returns null where the replay was stopped, or its order does not pass through the snapshot's position
 */
export async function findWrongKeys(
  proof: Proof,
  inputs: ReplayInputs,
  rowsOf: (id: string) => AsyncIterable<SnapshotRow>,
  control: RunControl,
): Promise<KeyFindings | null> {
  const wrong: string[] = [];
  const agreeing: string[] = [];
  let unknown = 0;
  const named = new Map<string, { partition: string; events: number }>();
  const [finding] = await proveSnapshots(proof, inputs, rowsOf, control, {
    observer: {
      applied: ({ source, topic, incarnation, partition }, _, entries) => {
        const own = partitionKey({ source, topic, incarnation, partition });
        for (const { key } of entries) named.set(key, { partition: own, events: (named.get(key)?.events ?? 0) + 1 });
      },
      parked: () => undefined,
    },
    visit: (_, { key, derived, recorded, determined }) => {
      if (!determined) unknown++;
      else (derived === recorded ? agreeing : wrong).push(key);
    },
  });
  if (finding?.stop !== 'reached') return null;
  wrong.sort();
  const ofWrong = new Set(wrong.map((key) => named.get(key)?.partition));
  const partitions = proof.spec.partitions.map(({ id }) => id).filter((id) => ofWrong.has(partitionKey(id)));
  const unevenness = unevennessOf([...wrong, ...agreeing].map((key) => named.get(key)?.events ?? 0));
  const places = new Map(partitions.map((id, place) => [partitionKey(id), place]));
  const homes = wrong.map((key) => places.get(named.get(key)?.partition ?? '') ?? -1);
  return { wrong, homes, agreeing: agreeing.sort(), unknown, partitions, unevenness };
}

/** By moments: the variance beyond that of a Poisson number, over the square of the mean. */
function unevennessOf(counts: readonly number[]): number {
  if (counts.length < 2) return 0;
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
  return mean === 0 ? 0 : Math.max(0, (variance - mean) / mean ** 2);
}
