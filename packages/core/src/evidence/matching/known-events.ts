import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { isHarmlessHole } from '../../model/log/event-log.js';
import type { EventPage } from '../../model/log/event-page.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import { pagesOf } from '../../sources/log/pages-of.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import type { WorkerEvent } from '../../worker/worker.js';
import { coverPartitions } from '../coverage/cover-partitions.js';
import { surveyLogs } from '../coverage/survey-logs.js';
import type { RecoveryInputs } from '../inputs/recovery-inputs.js';
import { addTime, joinTimes, type BlindTime } from './blind-time.js';
import { eventFacts, type EventFacts } from './event-facts.js';
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

/**
 * The events of the logs of an incident, as the worker sees them: each range from the first log that has it, holes left out.
 * @param only topics to read; null for all of the worker's
 * @throws RecoveryError what `surveyLogs` throws
 */
export async function knownEvents(
  inputs: Pick<RecoveryInputs, 'logs' | 'declaredGaps'>,
  worker: OpenWorker,
  rule: MatchRule,
  only: readonly string[] | null = null,
): Promise<KnownEvents> {
  const { topics } = worker.worker;
  const read = only === null ? topics : (topics ?? only).filter((topic) => only.includes(topic));
  const survey = await surveyLogs(inputs, read);
  const facts = eventFacts(rule, worker.worker);
  const eventOf = eventReader(worker);
  const blind: BlindTime[] = [];
  let undecodable = 0;
  let first = Infinity;
  let last = -Infinity;

  async function* readAll(signal?: AbortSignal): AsyncGenerator<readonly KnownEvent[]> {
    for (const { partition, ranges } of coverPartitions(survey, [], [])) {
      if (rule.topic !== null && partition.topic !== rule.topic) continue;
      let before = -Infinity;
      let lost = false;
      const see = (time: number) => {
        if (Number.isNaN(time)) return;
        if (lost) addTime(blind, { from: Math.min(before, time), until: Math.max(before, time) });
        lost = false;
        before = time;
        if (time < first) first = time;
        if (time > last) last = time;
      };
      for (const { from, to, log, damaged, declared } of ranges) {
        const holder = log === null ? undefined : survey.logs[log];
        if (holder === undefined || damaged === true) {
          lost ||= damaged === true || declared === undefined;
          continue;
        }
        const holes: number[] = [];
        const onHole = (hole: { readonly to: number; readonly reason: Parameters<typeof isHarmlessHole>[0] }) => {
          if (!isHarmlessHole(hole.reason)) holes.push(hole.to);
        };
        for await (const page of pagesOf(holder.log, { ...partition, from, to, onHole })) {
          const events: KnownEvent[] = [];
          for (let i = 0; i < page.count; i++) {
            const offset = page.offsets[i] as number;
            while (holes.length > 0 && (holes[0] as number) <= offset) {
              holes.shift();
              lost = true;
            }
            const event = eventOf(page, i, partition);
            if (event === null) {
              undecodable++;
              lost = true;
            }
            see(page.timestamps[i] as number);
            if (event === null) {
              lost = true;
              continue;
            }
            const known = facts(event);
            if (known !== null) events.push(known);
          }
          yield events;
          signal?.throwIfAborted();
        }
        lost ||= holes.length > 0;
      }
      if (lost) addTime(blind, { from: before, until: Infinity });
    }
  }

  return {
    read: readAll,
    blind: () => joinTimes(blind),
    held: () => (first <= last ? { from: first, until: last } : null),
    undecodable: () => undecodable,
  };
}

/** The event as the worker sees it; null for one that it cannot decode. */
function eventReader(worker: OpenWorker): (page: EventPage, index: number, id: PartitionId) => WorkerEvent | null {
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
