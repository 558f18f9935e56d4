import { createMemorySnapshots } from '../../src/sources/snapshots/memory-snapshots.js';
import { sortPosition, startOfOrder } from '../../src/model/position/position.js';
import type { Plan } from '../../src/model/plan/plan.js';
import type { SnapshotSource } from '../../src/model/snapshots/snapshot-source.js';
import { cutOnPath } from './cut-on-path.js';
import { replayNaively } from './naive-model.js';
import { orderNaively } from './naive-order.js';
import { locationKey, type Scenario } from './scenario.js';

/** What a healthy service would have saved on its way, and the scenario that goes on from there. */
export interface ScenarioSnapshot {
  readonly source: SnapshotSource;
  /** From the snapshot to the target of the scenario, in the state of the order that the model says. */
  readonly goOn: (scenario: Scenario) => Scenario;
}

/** A snapshot behind a share of the path; null where an event before it fails, since no service would have gone on. */
export function snapshotOfScenario(scenario: Scenario, share: number): ScenarioSnapshot | null {
  const cut = cutOnPath(scenario, share, 0);
  const result = replayNaively(cut);
  if (result.kind === 'stopped' || result.quarantined.length > 0) return null;
  const initialStates = [...result.states].map(([key, state]) => ({ key, state }));
  const orders = new Map(
    orderNaively(cut)
      .lanes.flat()
      .map(({ partition, effective, now }) => [locationKey(partition.id, 0), { watermark: effective, clock: now }]),
  );
  const ends = new Map(cut.partitions.map(({ id, end }) => [locationKey(id, 0), end]));
  const position = sortPosition(cut.partitions.map(({ id, end }) => ({ ...id, next: end, order: startOfOrder })));
  return {
    source: createMemorySnapshots([{ id: 'healthy', position, rows: initialStates }]),
    goOn: (to) => ({
      ...to,
      initialStates,
      partitions: to.partitions.map((partition) => {
        const place = locationKey(partition.id, 0);
        return { ...partition, start: ends.get(place) ?? 0, ...orders.get(place) };
      }),
    }),
  };
}

export function startsAtSnapshot(plan: Plan): boolean {
  return plan.baseline.some(({ source }) => source.kind === 'snapshot');
}
