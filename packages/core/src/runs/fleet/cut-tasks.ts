import { lanesOf, type ReplaySpec } from '../../engine/spec/replay-spec.js';
import { shareLanes } from '../../engine/spec/share-lanes.js';
import type { Plan } from '../../model/plan/plan.js';
import type { ExpectedRun } from '../../evidence/proof/replay-rate.js';
import { offsetsOf } from '../../evidence/inputs/locate-replay.js';
import { nameFleet, type FleetPlan, type FleetTask } from './fleet-plan.js';
import type { Spread } from './spread.js';

/** What one task is expected to need, by its events. */
export type ExpectedOf = (events: number) => Pick<ExpectedRun, 'durationMs' | 'memoryBytes'> | null;

/**
 * Cuts a plan into tasks.
 * @param tasks how many at most: a partition is one sequence and never cut, so no more than there are partitions where it
 *   is spread by these
 */
export function cutTasks(
  plan: Pick<Plan, 'id' | 'worker'>,
  spec: ReplaySpec,
  spread: Exclude<Spread, { readonly kind: 'refused' }>,
  tasks: number,
  expected: ExpectedOf,
  groupsFile: string | null,
): FleetPlan {
  const cut = spread.kind === 'partitions' ? byPartitions(spec, tasks) : byKeys(offsetsOf(spec), tasks);
  const { name, hash } = plan.worker;
  return nameFleet({
    format_version: 1,
    plan: plan.id,
    worker: { name, hash },
    spread,
    groupsFile,
    readers: spread.kind === 'keys' ? cutReaders(spec, tasks) : [],
    tasks: cut.map((task, number) => {
      const needs = expected(task.events);
      return {
        number,
        ...task,
        expectedMs: needs?.durationMs ?? null,
        expectedMemoryBytes: needs?.memoryBytes ?? null,
      };
    }),
  });
}

type CutTask = Pick<FleetTask, 'lanes' | 'ranges' | 'events'>;

function byPartitions(spec: ReplaySpec, tasks: number): readonly CutTask[] {
  const partitionsOf = new Map(lanesOf(spec).map(({ lane, partitions }) => [lane, partitions]));
  return shareLanes(spec, tasks).map((share) => {
    const lanes = [...share].sort((a, b) => a - b);
    const ranges = lanes
      .flatMap((lane) => partitionsOf.get(lane) ?? [])
      .map(({ id, next, target }) => ({ ...id, from: String(next), to: String(target) }));
    return { lanes, ranges, events: ranges.reduce((sum, { from, to }) => sum + Number(to) - Number(from), 0) };
  });
}

function byKeys(events: number, tasks: number): readonly CutTask[] {
  return Array.from({ length: Math.max(1, tasks) }, () => ({
    lanes: null,
    ranges: [],
    events: Math.ceil(events / tasks),
  }));
}

function cutReaders(spec: ReplaySpec, most: number): FleetPlan['readers'] {
  const shares = shareLanes({ locality: 'partition', partitions: spec.partitions }, most);
  return shares.map((share, number) => {
    const places = [...share].sort((a, b) => a - b);
    const events = places.reduce((sum, place) => {
      const partition = spec.partitions[place];
      return sum + (partition === undefined ? 0 : partition.target - partition.next);
    }, 0);
    return { number, places, events };
  });
}
