import type { OpenIncident, Plan } from '@eventmend/core';
import { describePartition, type SegmentTimes } from '@eventmend/core/engine';
import type { ReportJson, ReportSegment } from '../../documents/report-document.js';
import type { Mask } from '../mask/mask.js';

/** So many segments are listed; those that hold nothing come first where there are more. */
const mostSegments = 600;

/** What the plan reads, what nobody holds, and what stands on the same line of time. */
export function timelineOfRun(
  plan: Plan,
  incident: Pick<OpenIncident, 'incident' | 'deploys'>,
  times: readonly SegmentTimes[],
  mask: Mask,
): ReportJson['timeline'] {
  const baselines = new Set(plan.baseline.flatMap(({ source }) => (source.kind === 'snapshot' ? [source.id] : [])));
  const all = plan.segments.map((of, index) => segmentOf(of, times[index] ?? { first: null, last: null }));
  const listed =
    all.length <= mostSegments
      ? all
      : [...all.filter(({ state }) => state !== 'held'), ...all.filter(({ state }) => state === 'held')].slice(0, mostSegments);
  return {
    onset: incident.incident.onset,
    end: incident.incident.end,
    deploys: [...(incident.deploys ?? [])],
    snapshots: plan.snapshots.map(({ firstDifference: _, ...of }) => ({
      ...of,
      reason: mask.isActive && of.finding === 'differs' ? 'the replay gives other states' : of.reason,
      isBaseline: baselines.has(of.id),
    })),
    segments: withGapTimes(listed, plan),
    more: all.length - listed.length,
  };
}

function segmentOf(of: Plan['segments'][number], { first, last }: SegmentTimes): ReportSegment {
  const { topic, partition, from, to, log, as, events, fidelity } = of;
  return { row: rowOf(of), topic, partition, from, to, log, as, events, fidelity, state: stateOf(of), first, last };
}

/** What stands in for lost events has a partition of its own, which no log has. */
function rowOf(of: Plan['segments'][number]): string {
  const [, kind, name = ''] = /^(records|estimate|facts):(.*)$/s.exec(of.source) ?? [];
  return kind === undefined ? describePartition(of) : kind === 'estimate' ? 'estimates' : name;
}

function stateOf({ log, damaged, declared, stoodIn }: Plan['segments'][number]): ReportSegment['state'] {
  if (declared !== undefined) return 'declared';
  if (damaged === true) return 'damaged';
  if (log !== null) return 'held';
  return stoodIn === true ? 'stood-in' : 'gone';
}

/** What nobody holds lies between the last event in front of it, or in the baseline, and the first one behind it. */
function withGapTimes(segments: readonly ReportSegment[], plan: Plan): ReportSegment[] {
  const isSame = (a: ReportSegment, b: ReportSegment): boolean => a.topic === b.topic && a.partition === b.partition;
  const taken = new Map(plan.snapshots.map(({ id, takenAt }) => [id, takenAt]));
  const baselineOf = (of: ReportSegment): number | null => {
    for (const { position, source } of plan.baseline) {
      const part = position.find((at) => at.topic === of.topic && at.partition === of.partition && at.next === of.from);
      if (part !== undefined) return part.clock ?? (source.kind === 'snapshot' ? (taken.get(source.id) ?? null) : null);
    }
    return null;
  };
  return segments.map((of) => {
    if (of.first !== null || of.last !== null) return of;
    const before = segments.find((other) => isSame(of, other) && other.to === of.from);
    const behind = segments.find((other) => isSame(of, other) && other.from === of.to);
    return { ...of, first: before?.last ?? baselineOf(of), last: behind?.first ?? null };
  });
}
