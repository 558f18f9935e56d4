import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { isHarmlessHole } from '../../model/log/event-log.js';
import type { EventPage } from '../../model/log/event-page.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import type { CoveredRange } from '../../model/plan/cover-ranges.js';
import type { Position } from '../../model/position/position.js';
import { pagesOf } from '../../sources/log/pages-of.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import type { WorkerEvent } from '../../worker/worker.js';
import { beginningOf, completePosition, endOf } from '../coverage/boundary-positions.js';
import { coverPartitions } from '../coverage/cover-partitions.js';
import { surveyLogs, type LogSurvey, type SurveyedPartition } from '../coverage/survey-logs.js';
import type { RecoveryInputs } from '../inputs/recovery-inputs.js';
import type { BlindTime } from './blind-time.js';
import { eventFacts, type EventFacts } from './event-facts.js';
import { isRecognisable } from './is-recognisable.js';
import { LostTimes, LostTimesOfPartition } from './lost-times.js';
import type { MatchRule } from './match-rule.js';

export interface KnownEvent extends EventFacts, RecordedEventRef {}

/** What the logs hold of the events that records may stand for. */
export interface KnownEvents {
  /** Gives the events, partition by partition. */
  read(signal?: AbortSignal): AsyncIterable<readonly KnownEvent[]>;
  /**
   * Where events may be unknown: behind holes, damage, and events that cannot be decoded. In any order, and they may
   * overlap. Whole after `read` ended.
   */
  blind(): readonly BlindTime[];
  /** From the first event that is held to the last, over all partitions; null for none. Whole after `read` ended. */
  held(): { readonly from: number; readonly until: number } | null;
  /** Events that the worker cannot decode, so that nobody knows what they are. */
  undecodable(): number;
}

/** What `knownEvents` gives of a part of the logs, and what of it is lost. */
export interface KnownEventsOfRange extends KnownEvents {
  /** When the events that nobody knows can have been. Whole after `read` ended. */
  readonly lost: LostTimes;
}

/**
 * The events of the logs of an incident, as the worker sees them: each range from the first log that has it, holes left out.
 * @param only topics to read; null for all of the worker's
 * @throws RecoveryError what `surveyLogs` throws
 */
export async function knownEvents(
  inputs: Pick<RecoveryInputs, 'logs' | 'declaredGaps' | 'deliveries'>,
  worker: OpenWorker,
  rule: MatchRule,
  only: readonly string[] | null = null,
): Promise<KnownEvents> {
  const { topics } = worker.worker;
  const read = only === null ? topics : (topics ?? only).filter((topic) => only.includes(topic));
  const survey = await surveyLogs(inputs, read);
  return knownEventsAround(survey, { from: beginningOf(survey), to: endOf(survey) }, worker, rule);
}

interface RangeOfEvents {
  readonly from: Position;
  /** `clock: Infinity`: all events that there ever were lie in front of it. */
  readonly to: Position;
  /** Its beginning has a place among offsets that no log holds: some of them lie in front of it, by its clock. */
  readonly beginsWithinLoss?: boolean;
}

/**
 * The same of logs that were surveyed; what is lost is told apart by whether it lies before, within or behind a range.
 * @param onPage sees each page that is read
 */
export function knownEventsAround(
  survey: LogSurvey,
  range: RangeOfEvents,
  worker: OpenWorker,
  rule: MatchRule,
  onPage?: (partition: PartitionId, page: EventPage) => void,
): KnownEventsOfRange {
  const facts = eventFacts(rule, worker.worker);
  const eventOf = eventReader(worker);
  const lost = new LostTimes();
  let undecodable = 0;
  let first = Infinity;
  let last = -Infinity;

  async function* readAll(signal?: AbortSignal): AsyncGenerator<readonly KnownEvent[]> {
    for (const { partition, parts, hasNothingBehind } of partsOf(survey, range)) {
      if (rule.topic !== null && partition.topic !== rule.topic) continue;
      const times = new LostTimesOfPartition(lost, partition.topic);
      for (const { place, clock, ranges, lostBefore, lostSince } of parts) {
        if (lostBefore) times.lose('before');
        // What was lost in front of it lies before this moment, and what was lost behind it does not.
        times.mark(clock);
        if (lostSince) times.lose('perhaps-behind');
        for (const { from, to, log, damaged, declared } of ranges) {
          const holder = log === null ? undefined : survey.logs[log];
          if (holder === undefined || damaged === true) {
            if (damaged === true || declared === undefined) times.lose(place);
            continue;
          }
          const holes: number[] = [];
          const onHole = (hole: { readonly to: number; readonly reason: Parameters<typeof isHarmlessHole>[0] }) => {
            if (!isHarmlessHole(hole.reason)) holes.push(hole.to);
          };
          for await (const page of pagesOf(holder.log, { ...partition, from, to, onHole })) {
            onPage?.(partition, page);
            const events: KnownEvent[] = [];
            for (let i = 0; i < page.count; i++) {
              const offset = page.offsets[i] as number;
              while (holes.length > 0 && (holes[0] as number) <= offset) {
                holes.shift();
                times.lose(place);
              }
              const event = eventOf(page, i, partition);
              const time = page.timestamps[i] as number;
              if (time < first) first = time;
              if (time > last) last = time;
              if (event === null) {
                undecodable++;
                times.seeUndecodable(time, rule.time === 'time');
                continue;
              }
              times.see(time);
              const known = facts(event);
              if (known === null) continue;
              if (isRecognisable(rule, known)) times.seeRecognised();
              else times.seeUnrecognised(known.time ?? (Number.isNaN(time) ? null : time));
              events.push(known);
            }
            yield events;
            signal?.throwIfAborted();
          }
          if (holes.length > 0) times.lose(place);
        }
      }
      if (hasNothingBehind) times.endAtLast();
      else times.end();
    }
  }

  return {
    read: readAll,
    blind: () => lost.blind(),
    lost,
    held: () => (first <= last ? { from: first, until: last } : null),
    undecodable: () => undecodable,
  };
}

interface PartitionPart {
  readonly place: 'before' | 'within' | 'behind';
  /** A moment between the events in front of the part and those of it; NaN where nobody knows one. */
  readonly clock: number;
  readonly ranges: readonly CoveredRange[];
  /** Events that no offset in front of the part tells of may have been lost up to its clock. */
  readonly lostBefore: boolean;
  /** It begins behind a lost stretch of which some may have been later than its clock, although no offset behind it tells of that. */
  readonly lostSince: boolean;
}

/** Each partition in front of a range, in it and behind it. */
function partsOf(
  survey: LogSurvey,
  { from, to, beginsWithinLoss = false }: RangeOfEvents,
): readonly {
  readonly partition: SurveyedPartition;
  readonly parts: readonly PartitionPart[];
  readonly hasNothingBehind: boolean;
}[] {
  const [beginning, end] = [beginningOf(survey), endOf(survey)];
  const [begin, target] = [completePosition(from, beginning), completePosition(to, end)];
  const before = coverPartitions(survey, beginning, begin);
  const within = coverPartitions(survey, begin, target);
  const behind = coverPartitions(survey, target, end);
  const clockOf = (position: Position, index: number) => {
    const clock = position[index]?.order.clock ?? NaN;
    return Number.isFinite(clock) ? clock : NaN;
  };
  return survey.partitions.map((partition, index) => {
    const clock = clockOf(begin, index);
    // A state that says nothing of a partition without a log has read nobody knows how much of it, up to its time.
    const isUntold = partition.openEnd === true && begin[index]?.next === partition.beginning;
    const lostBefore = (beginsWithinLoss || isUntold) && !Number.isNaN(clock);
    // A target that is a time takes in all of a stretch that it lies in.
    const clockBehind = clockOf(target, index);
    const lastWithin = within[index]?.ranges.at(-1);
    const isLastLost =
      lastWithin !== undefined &&
      (lastWithin.damaged === true || (lastWithin.log === null && lastWithin.declared === undefined));
    const lostSince = isLastLost && !Number.isNaN(clockBehind);
    return {
      partition,
      hasNothingBehind: target[index]?.order.clock === Infinity,
      parts: [
        { place: 'before', clock: NaN, ranges: before[index]?.ranges ?? [], lostBefore: false, lostSince: false },
        { place: 'within', clock, ranges: within[index]?.ranges ?? [], lostBefore, lostSince: false },
        { place: 'behind', clock: clockBehind, ranges: behind[index]?.ranges ?? [], lostBefore: false, lostSince },
      ],
    };
  });
}

/** The event as the worker sees it; null for one that it cannot decode. */
export function eventReader(
  worker: OpenWorker,
): (page: EventPage, index: number, id: PartitionId) => WorkerEvent | null {
  const make =
    worker.mode === 'events'
      ? (page: EventPage, index: number, id: PartitionId) => worker.event(page, index, id)
      : (page: EventPage, index: number, id: PartitionId) =>
          worker.sent(page, index, id, (page.timestamps[index] as number) || -Infinity).event;
  return (page, index, id) => {
    try {
      return make(page, index, id);
    } catch (error) {
      if (isRecoveryError(error)) return null;
      throw error;
    }
  };
}
