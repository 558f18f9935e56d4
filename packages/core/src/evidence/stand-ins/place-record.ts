import type { ExternalRecord } from '../../model/records/external-record.js';
import type { Agreement } from '../matching/agreement.js';
import { joinTimes, touchesTime, type BlindTime } from '../matching/blind-time.js';
import { isRecognisable } from '../matching/is-recognisable.js';
import type { KnownEventsOfRange } from '../matching/known-events.js';
import type { MatchRule } from '../matching/match-rule.js';

/** How much earlier and later than its event a record may be, in milliseconds. */
export interface LatenessBounds {
  readonly earlier: number;
  readonly later: number;
}

/**
 * What is declared, or more where the matched ones show it. These alone bound nothing: the next may be later than all of
 * them.
 */
export function latenessBounds({ within }: MatchRule, { lateness }: Agreement): LatenessBounds {
  if (within === null) return { earlier: Infinity, later: Infinity };
  return {
    earlier: Math.max(within.earlier, -(lateness?.least ?? 0)),
    later: Math.max(within.later, lateness?.most ?? 0),
  };
}

/** Where the event of a record can be that is none of those that are known. */
type RecordPlace = 'used' | 'doubtful' | 'outside' | 'beforeBaseline';

export interface RecordPlacer {
  /** Whether the event of a record can be one that was lost in the range. */
  mayBeLost(record: ExternalRecord): boolean;
  /** Of a record without a known event: used are those that can be lost in the range and nowhere else. */
  placeOf(record: ExternalRecord): RecordPlace;
  /** Whether the event of a record that is used can be one that the target is in front of. */
  mayBeBehind(record: ExternalRecord): boolean;
  /** When the event of a record of this time can have been. */
  timesOfEvent(time: number): BlindTime;
}

/** @param hasEveryEvent its rows are the events of the topic, from the first on */
export function recordPlacer(
  events: KnownEventsOfRange,
  topic: string,
  rule: MatchRule,
  { earlier, later }: LatenessBounds,
  hasEveryEvent = false,
): RecordPlacer {
  const { lost } = events;
  const within = lost.of(topic, 'within');
  const before = lost.of(topic, 'before');
  const beyond = joinTimes([...lost.of(topic, 'behind'), ...timesWithoutLog(events, within, rule, hasEveryEvent)]);
  const cut = lost.of(topic, 'perhaps-behind');
  const unclear = joinTimes([...lost.of(topic, 'undecodable'), ...lost.of(topic, 'unrecognised')]);
  const timesOfEvent = (time: number) => ({
    from: time - later - lost.disorder,
    until: time + earlier + lost.disorder,
  });
  const isCovered = (time: number) =>
    (rule.from === null || time >= rule.from) && (rule.until === null || time <= rule.until);
  return {
    timesOfEvent,
    mayBeLost: ({ time }) => time !== null && isCovered(time) && touchesTime(within, timesOfEvent(time)),
    mayBeBehind: ({ time }) => time !== null && touchesTime(cut, timesOfEvent(time)),
    placeOf(record) {
      const { time } = record;
      if (time === null) return 'doubtful';
      if (!isCovered(time)) return 'outside';
      if (!isRecognisable(rule, record) || earlier === Infinity) return 'doubtful';
      const can = timesOfEvent(time);
      const [isBefore = false, isBeyond = false, isUnclear = false] = [before, beyond, unclear].map((times) =>
        touchesTime(times, can),
      );
      if (touchesTime(within, can)) return isBefore || isBeyond || isUnclear ? 'doubtful' : 'used';
      if (isUnclear || (isBefore && isBeyond)) return 'doubtful';
      return isBefore ? 'beforeBaseline' : 'outside';
    },
  };
}

/** Times of which records may speak although no log ever had them: events that no service saw, and later ones. */
function timesWithoutLog(
  events: KnownEventsOfRange,
  within: readonly BlindTime[],
  rule: MatchRule,
  hasEveryEvent: boolean,
): readonly BlindTime[] {
  const held = events.held();
  const [first] = within;
  const times: BlindTime[] = [];
  // The first events are lost: how far back they reach only the source can say.
  if (first?.from === -Infinity && rule.from === null && !hasEveryEvent) times.push(first);
  const end = Math.max(held?.until ?? -Infinity, within.at(-1)?.until ?? -Infinity);
  if (end !== Infinity) times.push({ from: end, until: Infinity });
  return times;
}
