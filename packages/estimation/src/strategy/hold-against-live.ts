import type { Position } from '@eventmend/core';
import { migrateState, placeOnLog, samePosition, type PlannedOff, type PreparedInputs } from '@eventmend/core/engine';
import type { EstimatedStates } from '../ensemble/estimated-states.js';

/** Of fewer keys nothing can be said. */
const leastKeys = 5;

/**
 * How far the values of the run, and those of the live state, are expected to be off what is right. Nobody knows the truth; but the
 * members say how far it is likely to be from their mean, and a live value that is right is no further from that than the truth is.
 * What it is further away is its own error: the variance of its distance, without that of the truth.
 * @returns null where the live state stands somewhere else than the plan ends, or too few keys are reached to tell
 */
export async function holdAgainstLive(
  { situation: { live }, survey, facts: { worker } }: PreparedInputs,
  estimate: EstimatedStates,
  target: Position,
): Promise<readonly PlannedOff[] | null> {
  const [described] = live === null ? [] : (await live.list()).snapshots;
  if (live === null || described === undefined) return null;
  const placed = placeOnLog(described.position, survey);
  if ('kind' in placed || !samePosition(placed, target)) return null;
  const liveStates = new Map<string, unknown>();
  for await (const { key, state } of live.rows(described.id)) {
    liveStates.set(key, migrateState(worker, state, described.stateVersion, key));
  }
  const found = new Map<string, Squares>();
  for (const { key, state, isReached, measures } of estimate.states()) {
    if (!isReached) continue;
    const ofRun = estimate.measuresOf(key, state);
    const ofLive = estimate.measuresOf(key, liveStates.get(key));
    for (const [measure, { estimate: mean, standardDeviation }] of Object.entries(measures)) {
      const squares = found.get(measure) ?? { keys: 0, drawn: 0, run: 0, live: 0 };
      found.set(measure, squares);
      squares.keys++;
      squares.drawn += standardDeviation ** 2;
      squares.run += ((ofRun[measure] ?? 0) - mean) ** 2;
      squares.live += ((ofLive[measure] ?? 0) - mean) ** 2;
    }
  }
  const told = [...found].filter(([, { keys, drawn }]) => keys >= leastKeys && drawn > 0).map(offOf);
  return told.length === 0 ? null : told;
}

interface Squares {
  keys: number;
  drawn: number;
  run: number;
  live: number;
}

function offOf([measure, { keys, drawn, run, live }]: readonly [string, Squares]): PlannedOff {
  return {
    ...{ measure, keys },
    run: rounded(Math.sqrt((run + drawn) / keys)),
    live: rounded(Math.sqrt(Math.max(0, live - drawn) / keys)),
  };
}

/** The plan's id has these figures in it, and the last digit of a root may differ between machines. */
function rounded(off: number): number {
  return Number(off.toPrecision(4));
}
