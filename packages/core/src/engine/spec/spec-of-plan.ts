import type { LogDescription, LogHole, OffsetRange } from '../../model/log/event-log.js';
import { overlap } from '../../model/log/overlap.js';
import { comparePartitions, partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import { parseOffset } from '../../model/event/offset.js';
import type { Fidelity } from '../../model/provenance/provenance.js';
import { coverRange, type RangeSource } from '../../model/plan/cover-ranges.js';
import type { BaselinePart, Plan, PlanSegment } from '../../model/plan/plan.js';
import { positionFromJson } from '../../model/position/position.js';
import type { ReplaySpec, SpecPartition, SpecRange } from './replay-spec.js';

/** The parts of a plan that decide what the engine does. */
export type ReplayablePlan = Pick<Plan, 'order' | 'poison' | 'acceptGaps' | 'scope' | 'segments' | 'logEnd'> & {
  readonly worker: Pick<Plan['worker'], 'locality'>;
  readonly baseline: readonly Pick<BaselinePart, 'scope' | 'basis' | 'position'>[];
  readonly target: Pick<Plan['target'], 'position'>;
  /** Only their number matters. */
  readonly logs: readonly unknown[];
};

/**
 * What a plan makes the engine do.
 * @param descriptions of `plan.logs`, in that order: they know the holes
 */
export function specOfPlan(plan: ReplayablePlan, descriptions: readonly LogDescription[]): ReplaySpec {
  const targets = positionFromJson(plan.target.position);
  const ends = positions(positionFromJson(plan.logEnd));
  const baselines = plan.baseline.map((part) => positionFromJson(part.position));
  const oldest = positionOfOldest(baselines);
  const standIns = new Set(plan.segments.filter(isBesideLog).map(partitionKey));
  const facts = new Set(plan.segments.filter(({ as }) => as === 'fact').map(partitionKey));
  const planned = rangesByPartition(plan.segments);
  const described = descriptions.map(({ partitions }) => positions(partitions));
  const partitions = targets.map((target): SpecPartition => {
    const key = partitionKey(target);
    const start = oldest.get(key);
    const next = start?.next ?? 0;
    const replayed = planned.get(key) ?? [];
    const beyond = { from: target.next, to: ends.get(key)?.next ?? target.next };
    const held = described.flatMap((logs, log) => {
      const holds = logs.get(key);
      return holds === undefined ? [] : [{ log, holds }];
    });
    const ranges = [...replayed, ...rangesLookedAt(beyond, held, replayed, plan)];
    return {
      id: idOf(target),
      next,
      order: start?.order ?? { watermark: -Infinity, clock: -Infinity },
      target: target.next,
      ranges,
      holes: holesOf(ranges, (log) => described[log]?.get(key)?.holes ?? []),
      ...(standIns.has(key) && { standIns: true }),
      ...(facts.has(key) && { facts: true }),
    };
  });
  partitions.sort((a, b) => comparePartitions(a.id, b.id));
  return {
    partitions,
    order: plan.order,
    locality: plan.worker.locality,
    poison: plan.poison,
    acceptGaps: plan.acceptGaps,
    scope: plan.scope === undefined ? { kind: 'all' } : { kind: 'keys', keys: plan.scope.keys },
    parts: plan.baseline.map((part, number) => {
      const position = positions(baselines[number] ?? []);
      return {
        scope: part.scope,
        cause: { kind: 'baseline', part: number, basis: part.basis },
        starts: partitions.map((partition) => position.get(partitionKey(partition.id))?.next ?? 0),
      };
    }),
    segmentOrigins: plan.segments.map(({ log, as }) => ({ log: log ?? -1, source: as })),
  };
}

/** Stand-ins, facts and estimates are no part of any log. */
export function isBesideLog({ as }: Pick<PlanSegment, 'as'>): boolean {
  return as === 'external' || as === 'fact' || as === 'estimate';
}

function isEstimate(fidelity: Fidelity): fidelity is 'interpolated' | 'extrapolated' {
  return fidelity === 'interpolated' || fidelity === 'extrapolated';
}

function positions<T extends PartitionId>(parts: readonly T[]): ReadonlyMap<string, T> {
  return new Map(parts.map((part) => [partitionKey(part), part]));
}

function positionOfOldest(baselines: readonly ReturnType<typeof positionFromJson>[]) {
  const oldest = new Map<string, ReturnType<typeof positionFromJson>[number]>();
  for (const part of baselines.flat()) {
    const key = partitionKey(part);
    const known = oldest.get(key);
    if (known === undefined || part.next < known.next) oldest.set(key, part);
  }
  return oldest;
}

/** What is replayed of each partition, in the order of its offsets. */
function rangesByPartition(segments: ReplayablePlan['segments']): ReadonlyMap<string, readonly SpecRange[]> {
  const byPartition = new Map<string, SpecRange[]>();
  segments.forEach((segment, number) => {
    const key = partitionKey(segment);
    const range: SpecRange = {
      from: parseOffset(segment.from, 'segment'),
      to: parseOffset(segment.to, 'segment'),
      log: segment.log,
      segment: number,
      ...(segment.declared !== undefined && { declared: true }),
      ...(segment.stoodIn === true && { stoodIn: true }),
      ...(segment.log === null && isEstimate(segment.fidelity) && { estimated: segment.fidelity }),
    };
    const ranges = byPartition.get(key);
    if (ranges === undefined) byPartition.set(key, [range]);
    else ranges.push(range);
  });
  for (const ranges of byPartition.values()) ranges.sort((a, b) => a.from - b.from);
  return byPartition;
}

/** Beyond the target the events are only looked at: the order may have to ask them whether a step of time is real. */
function rangesLookedAt(
  beyond: OffsetRange,
  held: readonly RangeSource[],
  replayed: readonly SpecRange[],
  { logs }: ReplayablePlan,
): readonly SpecRange[] {
  if (beyond.to <= beyond.from) return [];
  const last = replayed.findLast((range) => range.log !== null);
  const otherwise = last?.log ?? (logs.length > 0 ? 0 : null);
  return coverRange(beyond, held).map(({ from, to, log }) => ({ from, to, log: log ?? otherwise, segment: -1 }));
}

function holesOf(ranges: readonly SpecRange[], holesIn: (log: number) => readonly LogHole[]): SpecPartition['holes'] {
  return ranges.flatMap((range): SpecPartition['holes'] => {
    if (range.log === null) {
      const filled = range.stoodIn === true ? 'stood-in' : range.estimated;
      return [{ from: range.from, to: range.to, reason: range.declared === true ? 'declared' : (filled ?? 'missing') }];
    }
    return holesIn(range.log).flatMap((hole): LogHole[] => {
      const common = overlap(hole, range);
      return common === null ? [] : [{ ...common, reason: hole.reason }];
    });
  });
}

function idOf({ source, topic, incarnation, partition }: PartitionId): PartitionId {
  return { source, topic, incarnation, partition };
}
