import type { Plan } from '@eventmend/core';
import { describeExpectedWrong } from './describe-expected-wrong.js';
import { countOf, formatBytes, formatCount, formatDuration, formatTime } from '../terminal/format.js';

/** What carrying a plan out will take, and what will be missing. */
export function describeExpected(plan: Plan): string {
  const { loss, events } = plan.expected;
  const lost = loss.events === 0 ? 'no loss' : `loss: ${loss.description || countOf(loss.events ?? 0, 'event')}`;
  return `Expected: up to ${countOf(events, 'event')}, ${describeTime(plan)}, ${lost}`;
}

function describeTime({ measured }: Plan): string {
  const { durationMs, eventsPerSecond, fastestMs, slowestMs, runs, sampledEvents, diskBytes, memoryBytes } = measured;
  if (durationMs === null) return 'time not measured yet';
  const rate = eventsPerSecond === null ? '' : `${formatCount(Math.round(eventsPerSecond))}/s`;
  const by = [
    ...(fastestMs === undefined || slowestMs === undefined
      ? []
      : [`${formatDuration(fastestMs)} to ${formatDuration(slowestMs)}`]),
    ...(runs === undefined || runs < 2 ? [] : [`by the last ${countOf(runs, 'run')}`]),
    ...(sampledEvents === undefined ? [] : [`by a sample of ${countOf(sampledEvents, 'event')}`]),
  ].join(' ');
  const spread = by === '' ? '' : `, ${by}`;
  const needed = [
    ...(diskBytes === undefined ? [] : [`${formatBytes(diskBytes)} of disk`]),
    ...(memoryBytes === undefined ? [] : [`${formatBytes(memoryBytes)} of memory at most in the last runs`]),
  ];
  const time = `${formatDuration(durationMs)}${rate === '' ? '' : ` (measured: ${rate}${spread})`}`;
  return [time, ...needed].join(', ');
}

export function describeActBefore({ measured: { actBefore } }: Plan): string[] {
  if (actBefore === undefined) return [];
  return [`Act before ${formatTime(actBefore)} UTC: from then on the log deletes events that no archive has.`];
}

/** How many keys are expected to be wrong; nothing where no lost event may have named one. */
export function describePlannedWrong({ liveCandidate }: Plan): string[] {
  const wrong = liveCandidate?.expectedWrong;
  if (wrong === undefined) return [];
  const unknown = wrong.live === null ? '; how often the service was wrong is not known' : '';
  return [
    `Expected to be wrong, of ${countOf(wrong.reached, 'key')} that lost events may have named: ${describeExpectedWrong(wrong)}${unknown}`,
  ];
}
