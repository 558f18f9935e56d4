import { isHarmlessHole } from '../../model/log/event-log.js';
import { startOfOrder, type PartitionPosition, type Position } from '../../model/position/position.js';
import { pagesOf } from '../../sources/log/pages-of.js';
import type { LogSurvey, SurveyedPartition } from '../coverage/survey-logs.js';

/** Where a service stood at a moment, as far as the times of the events tell. */
export interface PositionAtTime {
  /** The earliest that it can be. */
  readonly position: Position;
  /** Partitions in which it lies among offsets that no log holds: somewhere from `position` on. */
  readonly bracketed: readonly { readonly topic: string; readonly partition: number }[];
}

/**
 * The position of a state of which only the time is known: behind every event up to that time, and before every later one.
 * It is what a service that keeps up has read, to a moment; nothing proves it.
 * @param time milliseconds since 1970
 * @returns null where the times of a partition rise and fall around that moment, so that no position divides them
 */
export async function positionAtTime(survey: LogSurvey, time: number): Promise<PositionAtTime | null> {
  const position: PartitionPosition[] = [];
  const bracketed: PositionAtTime['bracketed'][number][] = [];
  for (const partition of survey.partitions) {
    const { source, topic, incarnation, partition: number, beginning, end } = partition;
    const around = await eventsAround(partition, survey, time);
    const from = around.lastBefore === null ? beginning : around.lastBefore + 1;
    const to = around.firstAfter ?? end;
    if (from > to) return null;
    position.push({ source, topic, incarnation, partition: number, next: from, order: startOfOrder });
    if (mayHoldEvents(partition, from, to)) bracketed.push({ topic, partition: number });
  }
  return { position, bracketed };
}

interface EventsAround {
  /** The last offset whose event is not later than the time. */
  readonly lastBefore: number | null;
  /** The first offset whose event is later. */
  readonly firstAfter: number | null;
}

async function eventsAround(partition: SurveyedPartition, { logs }: LogSurvey, time: number): Promise<EventsAround> {
  const { source, topic, incarnation, partition: number } = partition;
  let lastBefore: number | null = null;
  let firstAfter: number | null = null;
  for (const { log, holds } of partition.held) {
    const found = logs[log];
    if (found === undefined) continue;
    const { from, to } = holds.range;
    for await (const page of pagesOf(found.log, { source, topic, incarnation, partition: number, from, to })) {
      for (let index = 0; index < page.count; index++) {
        const at = page.timestamps[index] as number;
        const offset = page.offsets[index] as number;
        // An event without a time divides nothing.
        if (at <= time) lastBefore = Math.max(lastBefore ?? offset, offset);
        else if (at > time) firstAfter = Math.min(firstAfter ?? offset, offset);
      }
    }
  }
  return { lastBefore, firstAfter };
}

/** True where a log lacks offsets of the range, and no log has them. */
function mayHoldEvents({ held }: SurveyedPartition, from: number, to: number): boolean {
  if (from >= to) return false;
  return !held.some(
    ({ holds: { range, holes } }) =>
      range.from <= from &&
      range.to >= to &&
      holes.every((hole) => isHarmlessHole(hole.reason) || hole.to <= from || hole.from >= to),
  );
}
