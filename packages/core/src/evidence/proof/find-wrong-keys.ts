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
  const partitionOf = new Map<string, string>();
  const [finding] = await proveSnapshots(proof, inputs, rowsOf, control, {
    observer: {
      applied: ({ source, topic, incarnation, partition }, _, entries) => {
        const key = partitionKey({ source, topic, incarnation, partition });
        for (const entry of entries) partitionOf.set(entry.key, key);
      },
      parked: () => undefined,
    },
    visit: (_, { key, derived, recorded, determined }) => {
      if (!determined) unknown++;
      else (derived === recorded ? agreeing : wrong).push(key);
    },
  });
  if (finding?.stop !== 'reached') return null;
  const named = new Set(wrong.map((key) => partitionOf.get(key)));
  const partitions = proof.spec.partitions.map(({ id }) => id).filter((id) => named.has(partitionKey(id)));
  return { wrong: wrong.sort(), agreeing: agreeing.sort(), unknown, partitions };
}
