import type { Plan } from '@eventmend/core';
import type { PlanSegment } from '@eventmend/core/engine';
import { countOf } from '../terminal/format.js';

const shownRanges = 4;

/** One line for each log and kind of range, not one for each of perhaps hundreds of partitions; gaps are named. */
export function describeRanges(plan: Plan): string[] {
  const groups = new Map<string, [PlanSegment, ...PlanSegment[]]>();
  for (const segment of plan.segments) {
    const key = JSON.stringify([
      segment.log,
      segment.as,
      segment.fidelity,
      segment.damaged ?? false,
      segment.declared ?? '',
      segment.stoodIn ?? false,
      segment.scope.kind,
    ]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [segment]);
    else group.push(segment);
  }
  return [...groups.values()].map((segments) => {
    const [{ scope, log, as, fidelity, damaged, declared, stoodIn }] = segments;
    const offsets = offsetsOf(segments);
    if (declared !== undefined) {
      return `declared to hold no event: ${namedRanges(segments)} (${countOf(offsets, 'offset')}): ${declared}`;
    }
    if (log === null) {
      const others = stoodIn === true ? ', but other systems are said to have all of it' : '';
      return `held by nothing${others}: ${namedRanges(segments)} (${countOfOffsets(segments)}), ${fidelity}`;
    }
    if (damaged === true) {
      return `${as}  cannot be read: ${namedRanges(segments)} (${countOf(offsets, 'offset')}), ${fidelity}`;
    }
    // Not every offset holds an event: markers of transactions, and what compaction took, have offsets too.
    if (as === 'estimate') return `${as}  ${countOf(offsets, 'estimated event')}, ${fidelity}`;
    if (as === 'fact') return `${as}  ${countOf(offsets, 'state')} that other systems tell, ${fidelity}`;
    if (as === 'external') {
      const rows = offsetsOf(segments);
      return `${as}  ${countOf(rows, 'row')} of other systems in the place of lost events, ${fidelity}`;
    }
    const whose = scope.kind === 'keys' ? `, those of ${countOf(scope.keys.length, 'key')} only` : '';
    return `${as}  up to ${countOf(offsets, 'event')} of ${countOf(partitionsOf(segments), 'partition')}${whose}, ${fidelity}`;
  });
}

/** Offsets that nobody holds and that the plan goes on without. */
export function plannedGaps(plan: Plan): number {
  return offsetsOf(plan.segments.filter(({ log, declared }) => log === null && declared === undefined));
}

/** Offsets that nobody holds. */
function countOfOffsets(segments: readonly PlanSegment[]): string {
  const openEnds = segments.filter(({ openEnd }) => openEnd === true).length;
  if (openEnds === 0) return countOf(offsetsOf(segments), 'offset');
  const known = offsetsOf(segments) - openEnds;
  return known === 0 ? 'nobody knows how many' : `${countOf(known, 'offset')}, and nobody knows how many more`;
}

function offsetsOf(segments: readonly PlanSegment[]): number {
  return segments.reduce((sum, { from, to }) => sum + Number(to) - Number(from), 0);
}

/** How many partitions; one may have several ranges, with a gap between them. */
export function partitionsOf(segments: readonly PlanSegment[]): number {
  return new Set(
    segments.map(({ source, topic, incarnation, partition }) =>
      JSON.stringify([source, topic, incarnation, partition]),
    ),
  ).size;
}

function namedRanges(segments: readonly PlanSegment[]): string {
  const named = segments
    .slice(0, shownRanges)
    .map(({ topic, partition, from, to, openEnd }) =>
      openEnd === true ? `${topic}[${partition}] from ${from} on` : `${topic}[${partition}] ${from}-${Number(to) - 1}`,
    );
  return named.join(', ') + (segments.length > named.length ? ` and ${segments.length - named.length} more` : '');
}
