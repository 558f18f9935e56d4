import type { TimeUnit } from '../../sources/rows/event-mapping.js';

/** What is odd about the times of some events. `events` of those looked at are concerned, the first at `index`. */
export interface TimeRemark {
  /** `out-of-range`: no calendar has it. `implausible`: not between 2000 and 2100. */
  readonly kind: 'out-of-range' | 'implausible';
  readonly index: number;
  readonly time: number;
  readonly events: number;
  /** The unit in which the same numbers are times between 2000 and 2100; null where there is none. */
  readonly unit: TimeUnit | null;
}

const units = ['seconds', 'milliseconds', 'microseconds', 'nanoseconds'] as const;
const perMillisecond = { seconds: 0.001, milliseconds: 1, microseconds: 1000, nanoseconds: 1_000_000 } as const;

/** The largest distance from 1970 that a calendar date can have, in milliseconds. */
const calendarEnd = 8_640_000_000_000_000;
const earliest = Date.UTC(2000, 0, 1);
const latest = Date.UTC(2100, 0, 1);

/**
 * Looks at times in milliseconds since 1970 (NaN for none) that were read in a unit: a wrong one makes them lie far off.
 * Null where nothing is odd.
 */
export function judgeTimes(times: ArrayLike<number>, unit: TimeUnit): TimeRemark | null {
  let first: { readonly index: number; readonly time: number } | null = null;
  let events = 0;
  for (let index = 0; index < times.length; index++) {
    const time = times[index] ?? NaN;
    if (Number.isNaN(time) || (time >= earliest && time < latest)) continue;
    events++;
    first ??= { index, time };
  }
  if (first === null) return null;
  const kind = Math.abs(first.time) > calendarEnd ? 'out-of-range' : 'implausible';
  return { kind, ...first, events, unit: plausibleUnit(first.time * perMillisecond[unit]) };
}

function plausibleUnit(number: number): TimeUnit | null {
  return units.find((unit) => isPlausible(number / perMillisecond[unit])) ?? null;
}

function isPlausible(time: number): boolean {
  return time >= earliest && time < latest;
}
