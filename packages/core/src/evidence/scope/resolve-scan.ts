import { describePartition } from '../../model/log/partition-id.js';
import type { PlanScope } from '../../model/plan/plan.js';
import type { ReplayInputs } from '../../engine/replay/replay-inputs.js';
import type { RunControl } from '../../engine/threads/run-control.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { closeOverSeeds, type Joined } from './close-over-seeds.js';
import { collectScope, type CollectedKeys, type ScopeScan } from './collect-scope.js';
import { noEventChosen, noKeyKnown, tooManyKeys } from './scope-failures.js';
import { describePartitionChoice } from './scope-request.js';

const mostKeys = 1_000_000;
const toldJoins = 10;
const toldUnknown = 10;

/**
 * Reads the range and closes the scope over it.
 * @throws RecoveryError `empty-scope`, `scope-too-large`, and what the reading throws
 */
export async function resolveScan(
  scan: ScopeScan,
  inputs: ReplayInputs,
  snapshots: SnapshotSource | null,
  control: RunControl,
): Promise<PlanScope> {
  const baseline = scan.baseline === null || snapshots === null ? null : snapshots.rows(scan.baseline);
  return scopeOf(scan, await collectScope(scan, inputs, baseline, control));
}

function scopeOf(scan: ScopeScan, collected: CollectedKeys): PlanScope {
  const { components, seeds, chosenEvents, events, withoutKeys, unknown } = collected;
  const { keys = [], where = [], partitions = [] } = scan.request;
  const named = new Set(keys).size;
  if (chosenEvents === 0) throw noEventChosen(events);
  if (named > 0 && unknown.length === named) throw noKeyKnown(unknown);
  const { keys: closed, eventsInside, joined } = closeOverSeeds(components, seeds, toldJoins);
  if (closed.length > mostKeys) throw tooManyKeys(closed.length, mostKeys);
  const eventOf = ({ connection: { place, offset } }: Joined): string => {
    const partition = scan.partitions[place];
    return partition === undefined ? `@${offset}` : `${describePartition(partition.id)}@${offset}`;
  };
  return {
    request: { keys: named, where: [...where], partitions: partitions.map(describePartitionChoice) },
    seeds: seeds.size,
    keys: closed,
    keysInAll: components.size,
    events: { inside: eventsInside, outside: events - withoutKeys - eventsInside, withoutKeys },
    joined: joined.map((join) => ({
      key: components.nameOf(join.key),
      through: components.nameOf(join.through),
      event: eventOf(join),
    })),
    unknown: { count: unknown.length, first: unknown.slice(0, toldUnknown) },
  };
}
