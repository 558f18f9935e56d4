import type { EventLog } from '../../model/log/event-log.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { Plan, PlanSegment } from '../../model/plan/plan.js';
import { parseOffset } from '../../model/event/offset.js';

/** When the events of a segment happened: of its first and of its last one, in milliseconds; null where that is not known. */
export interface SegmentTimes {
  readonly first: number | null;
  readonly last: number | null;
}

/** So many offsets are looked at for one that holds an event with a time. */
const searched = 64;

/**
 * When the events of the segments of a plan happened, from the log itself: two short reads each. Segments that no log holds,
 * and those behind the first `most`, have no times.
 * @param logs by index in `plan.logs`; null where one cannot be read any more
 */
export async function timeSegments(
  { segments }: Pick<Plan, 'segments'>,
  logs: readonly (EventLog | null)[],
  most = 2_000,
): Promise<readonly SegmentTimes[]> {
  const times: SegmentTimes[] = [];
  for (const segment of segments) {
    const log = segment.log === null ? null : (logs[segment.log] ?? null);
    times.push(log === null || times.length >= most ? unknown : await timesOf(log, segment));
  }
  return times;
}

const unknown: SegmentTimes = { first: null, last: null };

async function timesOf(log: EventLog, segment: PlanSegment): Promise<SegmentTimes> {
  const from = parseOffset(segment.from, 'a segment of the plan');
  const to = parseOffset(segment.to, 'a segment of the plan');
  try {
    const first = await readTimes(log, segment, from, Math.min(to, from + searched));
    const last = await readTimes(log, segment, Math.max(from, to - searched), to);
    return { first: first[0] ?? null, last: last.at(-1) ?? null };
  } catch {
    return unknown; // a picture of a run must not fail for a log that has gone since
  }
}

async function readTimes(log: EventLog, id: PartitionId, from: number, to: number): Promise<readonly number[]> {
  const { source, topic, incarnation, partition } = id;
  const reader = log.read({ source, topic, incarnation, partition, from, to });
  const times: number[] = [];
  try {
    for (let page = await reader.next(); page !== null; page = await reader.next()) {
      for (let index = 0; index < page.count; index++) {
        const time = page.timestamps[index]!;
        if (Number.isFinite(time)) times.push(time);
      }
    }
  } finally {
    reader.close();
  }
  return times;
}
