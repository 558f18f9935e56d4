import { placeOnLog } from '../../evidence/proof/snapshot-candidates.js';
import { samePosition, type Position } from '../../model/position/position.js';
import type { SnapshotDescription } from '../../model/snapshots/snapshot-source.js';
import type { LiveComparison } from '../../model/strategy/live-comparison.js';

type Placeable = Pick<SnapshotDescription, 'id' | 'location' | 'position' | 'stateVersion'>;

/** A state that was found at the position where the runs end, or why it is not there. */
export type PlacedState =
  | { readonly description: Placeable; readonly doubt: null }
  | { readonly description: Placeable | null; readonly doubt: NonNullable<LiveComparison['reason']> };

/** Looks where a state stands; what it says of it is held against the target, without a log. */
export function placeState(description: Placeable | undefined, target: Position): PlacedState {
  if (description === undefined) return { description: null, doubt: { kind: 'live-unreadable' } };
  const partitions = target.map(({ source: name, topic, incarnation, partition }) => ({
    ...{ source: name, topic, incarnation, partition, beginning: 0, end: Number.MAX_SAFE_INTEGER },
  }));
  const placed = placeOnLog(description.position, { partitions });
  if ('kind' in placed) return { description, doubt: { kind: 'not-on-log', problem: placed } };
  return samePosition(placed, target)
    ? { description, doubt: null }
    : { description, doubt: { kind: 'not-at-target' } };
}
