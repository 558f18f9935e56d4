import { adoptReplayInputs } from '../../engine/replay/replay-inputs.js';
import { isBesideLog, specOfPlan, type ReplayablePlan } from '../../engine/spec/spec-of-plan.js';
import { eventTimeoutOf } from '../../evidence/inputs/locate-replay.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { placeOnLog } from '../../evidence/proof/snapshot-candidates.js';
import { isHarmlessHole } from '../../model/log/event-log.js';
import type { ExpectedWrongKeys, LiveErrorRate } from '../../model/plan/plan.js';
import { positionFromJson, samePosition } from '../../model/position/position.js';
import { isFilledHole } from '../../model/provenance/provenance.js';
import { countKeyEvents } from './count-key-events.js';
import { betterCandidate, errorPerKeyEvent, expectedErrors, type LostEvents } from './expected-error.js';
import { keysPerEvent } from './keys-per-event.js';

/**
 * How many of the keys that lost events may have named are expected to be wrong behind a plan: an estimate from before anything
 * is replayed, so that no two values are compared yet. Reads the events of the plan once, and applies none.
 * @param lost events that nothing stands in for
 * @param errorRate how often the live service was wrong; null where nothing shows it
 * @returns null where the live state is no candidate, since it stands somewhere else than the plan ends, and where no key is reached
 */
export async function expectWrongKeys(
  plan: ReplayablePlan,
  { situation, survey, recorded }: PreparedInputs,
  lost: number,
  errorRate: LiveErrorRate | null,
): Promise<ExpectedWrongKeys | null> {
  const { live } = situation;
  const [described] = live === null ? [] : (await live.list()).snapshots;
  if (live === null || described === undefined) return null;
  const placed = placeOnLog(described.position, survey);
  const target = positionFromJson(plan.target.position);
  if ('kind' in placed || !samePosition(placed, target)) return null;
  const ofLog = { ...plan, segments: plan.segments.filter((segment) => !isBesideLog(segment)) };
  const spec = specOfPlan(
    ofLog,
    survey.logs.map(({ description }) => description),
  );
  const broken = spec.partitions.map(({ holes, next, target: end }) =>
    holes.some(({ from, to, reason }) => from < end && to > next && !isFilledHole(reason) && !isHarmlessHole(reason)),
  );
  if (!broken.includes(true)) return null;
  const { worker, references, incident } = situation;
  const inputs = await adoptReplayInputs([], worker, references, null, eventTimeoutOf(situation));
  try {
    const logs = survey.logs.map(({ log }) => log);
    const counts = await countKeyEvents(spec, logs, inputs.instance, incident.onset, recorded);
    const isReached = (key: string): boolean => {
      if (spec.locality === 'global') return true;
      const place = counts.placeOf(key);
      return place === null || broken[place] === true;
    };
    const keys: string[] = [];
    for await (const { key } of live.rows(described.id)) if (isReached(key)) keys.push(key);
    if (keys.length === 0) return null;
    const all: LostEvents = {
      lost,
      keyEvents: counts.keyEvents,
      keys: Math.max(counts.keys, keys.length),
      keysPerEvent: keysPerEvent(counts),
      liveErrorPerEvent: errorRate === null ? null : errorPerKeyEvent(errorRate, counts),
    };
    const wrong = { rebuilt: 0, live: 0, chosen: 0 };
    for (const key of keys) {
      const errors = expectedErrors(counts.of(key), all);
      wrong.rebuilt += errors.rebuilt;
      wrong.live += errors.live ?? 0;
      wrong.chosen += betterCandidate(errors) === 'live' ? (errors.live ?? 0) : errors.rebuilt;
    }
    const isMeasured = errorRate !== null;
    return {
      reached: keys.length,
      rebuilt: rounded(wrong.rebuilt),
      live: isMeasured ? rounded(wrong.live) : null,
      chosen: isMeasured ? rounded(wrong.chosen) : null,
    };
  } finally {
    await inputs.close();
  }
}

/** The plan's id has these figures in it, and the last digit of an exponential may differ between machines. */
function rounded(keys: number): number {
  return Math.round(keys * 1000) / 1000;
}
