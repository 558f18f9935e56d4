import { adoptReplayInputs } from '../../engine/replay/replay-inputs.js';
import { isBesideLog, specOfPlan, type ReplayablePlan } from '../../engine/spec/spec-of-plan.js';
import { eventTimeoutOf } from '../../evidence/inputs/locate-replay.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { placeOnLog } from '../../evidence/proof/snapshot-candidates.js';
import { isHarmlessHole } from '../../model/log/event-log.js';
import type { ExpectedKeyLoss } from '../../model/plan/key-loss.js';
import type { ExpectedWrongKeys, LiveErrorRate } from '../../model/plan/plan.js';
import { positionFromJson, samePosition, type Position } from '../../model/position/position.js';
import { isFilledHole } from '../../model/provenance/provenance.js';
import { countKeyEvents } from './count-key-events.js';
import {
  betterCandidate,
  errorPerKeyEvent,
  errorPerStandIn,
  expectedErrors,
  type KeyExposure,
  type LostEvents,
} from './expected-error.js';
import type { StandInTrial } from '../../model/plan/plan-records.js';
import { keysPerEvent } from './keys-per-event.js';

/** What is expected of the keys that lost events may have named: together where the live state can be weighed, and one by one. */
interface ExpectedLossByKey {
  /** Null where the live state is no candidate, since it stands somewhere else than the plan ends, and where no key is reached. */
  readonly expectedWrong: ExpectedWrongKeys | null;
  readonly keys: readonly ExpectedKeyLoss[];
}

/** What stands in for lost events, and what came of such rows where the events are known. */
export interface ExpectedStandIns {
  /** Null where nobody tried. */
  readonly trial: StandInTrial | null;
  /** Of how many rows a key was named; 0 for a key that none names. */
  readonly rowsOf: (key: string) => number;
}

const noStandIns: ExpectedStandIns = { trial: null, rowsOf: () => 0 };

const nothing: ExpectedLossByKey = { expectedWrong: null, keys: [] };

/**
 * How likely the keys that lost events may have named are wrong behind a plan: an estimate from before anything is replayed, so that
 * no two values are compared yet. Reads the events of the plan once, and applies none.
 * @param lost events that nothing stands in for
 * @param errorRate how often the live service was wrong; null where nothing shows it
 */
export async function expectWrongKeys(
  plan: ReplayablePlan,
  { situation, survey, recorded, facts }: PreparedInputs,
  lost: number,
  errorRate: LiveErrorRate | null,
  { trial, rowsOf }: ExpectedStandIns = noStandIns,
): Promise<ExpectedLossByKey> {
  const target = positionFromJson(plan.target.position);
  const ofLog = { ...plan, segments: plan.segments.filter((segment) => !isBesideLog(segment)) };
  const spec = specOfPlan(
    ofLog,
    survey.logs.map(({ description }) => description),
  );
  const broken = spec.partitions.map(({ holes, next, target: end }) =>
    holes.some(({ from, to, reason }) => from < end && to > next && !isFilledHole(reason) && !isHarmlessHole(reason)),
  );
  if (!broken.includes(true)) return nothing;
  const { worker, references, incident, live } = situation;
  const described = await liveAt(live, survey, target);
  const inputs = await adoptReplayInputs([], worker, references, null, eventTimeoutOf(situation));
  try {
    const logs = survey.logs.map(({ log }) => log);
    const counts = await countKeyEvents(spec, logs, inputs.instance, incident.onset, recorded);
    const isReached = (key: string): boolean => {
      if (spec.locality === 'global') return true;
      const place = counts.placeOf(key);
      return place === null || broken[place] === true;
    };
    const ofLive = new Set<string>();
    if (live !== null && described !== null) {
      for await (const { key } of live.rows(described)) if (isReached(key)) ofLive.add(key);
    }
    const all: LostEvents = {
      lost,
      keyEvents: counts.keyEvents,
      keys: Math.max(counts.keys, ofLive.size),
      keysPerEvent: keysPerEvent(counts),
      liveErrorPerEvent: errorRate === null ? null : errorPerKeyEvent(errorRate, counts),
      errorPerStandIn: errorPerStandIn(trial),
    };
    const exposureOf = (key: string): KeyExposure => ({ ...counts.of(key), standIns: rowsOf(key) });
    // A row of another system may name any key; a lost event only those of its partition, where the worker says so.
    const mayBeNamed = (key: string): boolean => {
      const place = counts.placeOf(key);
      return facts.locality === 'global' || place === null || broken[place] === true;
    };
    const named = [...counts.all()].filter(mayBeNamed);
    const ofNamed: LostEvents = {
      ...all,
      keyEvents: named.reduce((sum, key) => sum + counts.of(key).events, 0),
      keys: Math.max(1, named.length),
    };
    const wrong = { rebuilt: 0, live: 0, chosen: 0 };
    const keys: ExpectedKeyLoss[] = [];
    for (const key of ofLive) {
      const errors = expectedErrors(exposureOf(key), all);
      const taken = betterCandidate(errors);
      wrong.rebuilt += errors.rebuilt;
      wrong.live += errors.live ?? 0;
      wrong.chosen += taken === 'live' ? (errors.live ?? 0) : errors.rebuilt;
      if (!mayBeNamed(key)) continue;
      const { rebuilt, live: ofService } = expectedErrors(exposureOf(key), ofNamed);
      const likely = taken === 'live' ? ofService : rebuilt;
      keys.push({ key, wrong: likely === null ? null : rounded(likely), taken });
    }
    for (const key of named) {
      if (ofLive.has(key)) continue;
      keys.push({ key, wrong: rounded(expectedErrors(exposureOf(key), ofNamed).rebuilt), taken: 'rebuilt' });
    }
    const isMeasured = errorRate !== null;
    const expectedWrong = {
      reached: ofLive.size,
      rebuilt: rounded(wrong.rebuilt),
      live: isMeasured ? rounded(wrong.live) : null,
      chosen: isMeasured ? rounded(wrong.chosen) : null,
    };
    return { expectedWrong: ofLive.size === 0 ? null : expectedWrong, keys };
  } finally {
    await inputs.close();
  }
}

/** The live state where it stands where the plan ends; null else. */
async function liveAt(
  live: PreparedInputs['situation']['live'],
  survey: PreparedInputs['survey'],
  target: Position,
): Promise<string | null> {
  const [described] = live === null ? [] : (await live.list()).snapshots;
  if (described === undefined) return null;
  const placed = placeOnLog(described.position, survey);
  return 'kind' in placed || !samePosition(placed, target) ? null : described.id;
}

/** The plan's id has these figures in it, and the last digit of an exponential may differ between machines. */
function rounded(keys: number): number {
  return Math.round(keys * 1000) / 1000;
}
