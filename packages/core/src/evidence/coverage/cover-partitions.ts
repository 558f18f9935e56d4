import { coverRange, type CoveredRange } from '../../model/plan/cover-ranges.js';
import { isHarmlessHole } from '../../model/log/event-log.js';
import { offsetsWithin } from '../../model/log/overlap.js';
import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import type { Position } from '../../model/position/position.js';
import type { DeclaredRange } from './declared-gaps.js';
import type { LogSurvey, SurveyedPartition } from './survey-logs.js';

export interface PartitionCover {
  readonly partition: SurveyedPartition;
  readonly ranges: readonly CoveredRange[];
}

/** A stretch of offsets that may have held events and that no log has. */
export interface ReplayGap extends PartitionId {
  readonly from: number;
  readonly to: number;
  /** Its last offset stands for as many events as nobody knows, see `SurveyedPartition`. */
  readonly openEnd?: true;
}

/** Covers every partition from a start to an exclusive end with what the logs hold. */
export function coverPartitions(survey: LogSurvey, from: Position, to: Position): readonly PartitionCover[] {
  const starts = new Map(from.map((part) => [partitionKey(part), part.next]));
  const ends = new Map(to.map((part) => [partitionKey(part), part.next]));
  return survey.partitions.map((partition) => {
    const start = starts.get(partitionKey(partition)) ?? partition.beginning;
    const end = ends.get(partitionKey(partition)) ?? partition.end;
    const ranges = coverRange({ from: start, to: end }, partition.held);
    return { partition, ranges: declare(ranges, partition.declared ?? []) };
  });
}

/** Cuts what nobody holds where the user says that nothing was. */
function declare(ranges: readonly CoveredRange[], declared: readonly DeclaredRange[]): readonly CoveredRange[] {
  if (declared.length === 0) return ranges;
  return ranges.flatMap((range): readonly CoveredRange[] => {
    if (range.log !== null) return [range];
    const pieces: CoveredRange[] = [];
    let at = range.from;
    for (const { from, to, reason } of declared) {
      const begin = Math.max(at, from);
      const end = Math.min(range.to, to);
      if (begin >= end) continue;
      if (at < begin) pieces.push({ from: at, to: begin, log: null });
      pieces.push({ from: begin, to: end, log: null, declared: reason });
      at = end;
    }
    if (at < range.to) pieces.push({ from: at, to: range.to, log: null });
    return pieces;
  });
}

/** The pieces that nobody holds, by partition and offset. */
export function gapsOf(cover: readonly PartitionCover[]): readonly ReplayGap[] {
  return cover.flatMap(({ partition, ranges }) =>
    ranges.flatMap((range): ReplayGap[] => {
      if (range.log !== null || range.declared !== undefined) return [];
      const { source, topic, incarnation, partition: number } = partition;
      const id = { source, topic, incarnation, partition: number };
      return [{ ...id, from: range.from, to: range.to, ...openEndOf(partition, range) }];
    }),
  );
}

/** Whether a piece that nobody holds reaches to an end that nobody knows. */
export function openEndOf(
  { openEnd, end }: Pick<SurveyedPartition, 'openEnd' | 'end'>,
  { to, log }: Pick<CoveredRange, 'to' | 'log'>,
): { readonly openEnd?: true } {
  return openEnd === true && log === null && to === end ? { openEnd } : {};
}

/** The pieces that a log has and nobody can read, by partition and offset. */
export function damagedOf(cover: readonly PartitionCover[]): readonly ReplayGap[] {
  return cover.flatMap(({ partition: { source, topic, incarnation, partition }, ranges }) =>
    ranges.flatMap(({ from, to, damaged }): ReplayGap[] =>
      damaged === true ? [{ source, topic, incarnation, partition, from, to }] : [],
    ),
  );
}

/** Everything whose events nobody knows, by partition and offset: what no log holds, and what cannot be read. */
export function lostOf(cover: readonly PartitionCover[]): readonly ReplayGap[] {
  return cover.flatMap(({ partition: { source, topic, incarnation, partition }, ranges }) =>
    ranges.flatMap(({ from, to, log, damaged, declared }): ReplayGap[] =>
      damaged === true || (log === null && declared === undefined)
        ? [{ source, topic, incarnation, partition, from, to }]
        : [],
    ),
  );
}

/** How many offsets of a cover hold an event, as far as the logs know. */
export function eventsOf(cover: readonly PartitionCover[]): number {
  let events = 0;
  for (const { partition, ranges } of cover) {
    for (const range of ranges) {
      if (range.log === null || range.damaged === true) continue;
      const holds = partition.held.find(({ log }) => log === range.log)?.holds;
      const holes = (holds?.holes ?? []).filter((hole) => isHarmlessHole(hole.reason));
      events += range.to - range.from - offsetsWithin(range, holes);
    }
  }
  return events;
}

export function describeGap(gap: ReplayGap): string {
  const where = `${gap.topic}[${gap.partition}]`;
  const known = gap.to - gap.from - (gap.openEnd === true ? 1 : 0);
  if (known === 0) return `${where} from ${gap.from} on (nobody knows how many offsets)`;
  const more = gap.openEnd === true ? ', and nobody knows how many behind them' : '';
  return `${where} ${gap.from}-${gap.from + known - 1} (${known.toLocaleString('en-US')} offset${known === 1 ? '' : 's'}${more})`;
}

/** How many offsets between two positions may have held events that no log gives. */
export function lostBetween(survey: LogSurvey, from: Position, to: Position): number {
  return lostOf(coverPartitions(survey, from, to)).reduce((sum, gap) => sum + gap.to - gap.from, 0);
}
