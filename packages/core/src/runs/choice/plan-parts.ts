import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import type { Plan, PlanSegment } from '../../model/plan/plan.js';
import type { StrategyName } from '../../model/plan/strategy-name.js';
import { isBesideLog } from '../../engine/spec/spec-of-plan.js';
import { isLeftOut } from './plan-figures.js';

/** Partitions of a plan that are brought back in one way. */
export interface PlanPart {
  /** `log-replay` where a replay from a state that is known to be right has every event; else the strategy of the plan. */
  readonly strategy: StrategyName;
  readonly partitions: readonly PartitionId[];
  /** Offsets of all of them that no log holds or nobody can read, by where they are missing; estimates and records may be in their place. */
  readonly lost: { readonly front: number; readonly inside: number; readonly end: number };
  /** No log holds any of them, and nobody knows how many events they had: `lost` does not say it. Absent where a log is left. */
  readonly isLogless?: true;
}

/** Which partitions a plan brings back in which way: those that are whole, and those that lack events in the same places. */
export function partsOfPlan(plan: Plan): readonly PlanPart[] {
  const isSureStart = plan.baseline.every(({ basis }) => basis !== 'unproven');
  const whole: PartitionId[] = [];
  const logless: PartitionId[] = [];
  const lossy = new Map<string, PlanPart>();
  for (const segments of byPartition(plan.segments)) {
    const [{ source, topic, incarnation, partition }] = segments;
    const id = { source, topic, incarnation, partition };
    const lost = lostIn(segments);
    if (segments.some(({ openEnd }) => openEnd === true)) {
      logless.push(id);
      continue;
    }
    if (lost.front + lost.inside + lost.end === 0) whole.push(id);
    else {
      const places = [lost.front > 0, lost.inside > 0, lost.end > 0].join();
      const { partitions = [], lost: before = none } = lossy.get(places) ?? {};
      lossy.set(places, { strategy: plan.strategy, partitions: [...partitions, id], lost: add(before, lost) });
    }
  }
  const parts: PlanPart[] = [...lossy.values()];
  if (logless.length > 0) parts.push({ strategy: plan.strategy, partitions: logless, lost: none, isLogless: true });
  if (whole.length === 0) return parts;
  const strategy = isSureStart ? 'log-replay' : plan.strategy;
  return [{ strategy, partitions: whole, lost: none }, ...parts];
}

const none: PlanPart['lost'] = { front: 0, inside: 0, end: 0 };

function add(a: PlanPart['lost'], b: PlanPart['lost']): PlanPart['lost'] {
  return { front: a.front + b.front, inside: a.inside + b.inside, end: a.end + b.end };
}

function byPartition(segments: readonly PlanSegment[]): readonly (readonly [PlanSegment, ...PlanSegment[]])[] {
  const groups = new Map<string, [PlanSegment, ...PlanSegment[]]>();
  for (const segment of segments) {
    if (isBesideLog(segment)) continue;
    const group = groups.get(partitionKey(segment));
    if (group === undefined) groups.set(partitionKey(segment), [segment]);
    else group.push(segment);
  }
  return [...groups.values()];
}

function lostIn(segments: readonly PlanSegment[]): PlanPart['lost'] {
  const isLost = (segment: PlanSegment): boolean =>
    isLeftOut(segment) || (segment.log === null && segment.declared === undefined);
  const sorted = [...segments].sort((a, b) => Number(a.from) - Number(b.from));
  const first = sorted.findIndex((segment) => !isLost(segment));
  const last = sorted.findLastIndex((segment) => !isLost(segment));
  const lost = { front: 0, inside: 0, end: 0 };
  sorted.forEach((segment, index) => {
    if (!isLost(segment)) return;
    const offsets = Number(segment.to) - Number(segment.from);
    if (first === -1 || index < first) lost.front += offsets;
    else if (index > last) lost.end += offsets;
    else lost.inside += offsets;
  });
  return lost;
}
