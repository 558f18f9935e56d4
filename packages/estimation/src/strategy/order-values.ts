import { RecoveryError, type LongWork } from '@eventmend/core';
import type { EstimatedEvent, PreparedInputs } from '@eventmend/core/engine';
import type { TimeSpan } from '../ensemble/locate-gaps.js';
import { walkWhole } from '../ensemble/walk-logs.js';

/** Where a known event stands in time and in the order. */
export interface OrderAnchor {
  readonly time: number;
  readonly value: number;
}

/** Events that stand against their times in an order: more of them, and times say too little of the places of others. */
const mostFalling = 0.05;
const around = 3_600_000;

/**
 * Gives each drawn event the number by which the events are ordered: that of the known events at its time, or between them. An order
 * that does not follow the times gives nothing to go by.
 * @param path of the field in the value
 * @throws RecoveryError `operation-not-allowed` where the order does not rise with the times around the gaps, or a value has no such field
 */
export async function withOrderValues(
  events: readonly EstimatedEvent[],
  path: string,
  gaps: readonly TimeSpan[],
  prepared: PreparedInputs,
  work: LongWork,
): Promise<readonly EstimatedEvent[]> {
  const anchors: OrderAnchor[] = [];
  await walkWhole(prepared, work, async (walk) => {
    let before: OrderAnchor | null = null;
    let behind: OrderAnchor | null = null;
    for (let event = walk.current; event !== null; event = walk.current) {
      const anchor = { time: event.now, value: event.effective };
      if (gaps.some(({ from, to }) => anchor.time >= from - around && anchor.time <= to + around)) anchors.push(anchor);
      else if (anchor.time < gaps[0]!.from) before = anchor;
      else behind ??= anchor;
      const reading = walk.advance();
      if (reading !== undefined) await reading;
    }
    for (const anchor of [before, behind]) if (anchor !== null) anchors.push(anchor);
  });
  const valueAt = orderByTime(anchors);
  if (valueAt === null) {
    throw new RecoveryError('operation-not-allowed', `the order by ${path} does not follow the times of the events`, {
      hint: 'nothing says where drawn events belong in it: order the events by time',
    });
  }
  const names = path.split('.');
  return events.map((event) => ({ ...event, value: withField(event.value, names, valueAt(event.time)) }));
}

/** The number of a time, in a straight line between the known ones; null where numbers fall too often while times rise. */
export function orderByTime(anchors: readonly OrderAnchor[]): ((time: number) => number) | null {
  const known = anchors.filter(({ time, value }) => Number.isFinite(time) && Number.isFinite(value));
  const sorted = known.sort((a, b) => a.time - b.time || a.value - b.value);
  if (sorted.length === 0) return null;
  const rising: OrderAnchor[] = [];
  let falling = 0;
  for (const anchor of sorted) {
    const last = rising.at(-1);
    if (last !== undefined && anchor.value < last.value) falling++;
    else if (last?.time === anchor.time) rising[rising.length - 1] = anchor;
    else rising.push(anchor);
  }
  if (falling > mostFalling * sorted.length) return null;
  return (time) => {
    let [low, high] = [0, rising.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rising[middle]!.time <= time) low = middle + 1;
      else high = middle;
    }
    const [before, behind] = [rising[low - 1], rising[low]];
    if (before === undefined) return behind!.value - (behind!.time - time) / (1 + behind!.time - time);
    // Behind all that is known only the order among the drawn ones is left: it rises with their times, by less than one.
    if (behind === undefined) return before.value + (time - before.time) / (1 + time - before.time);
    const share = (time - before.time) / (behind.time - before.time);
    return before.value + share * (behind.value - before.value);
  };
}

function withField(text: string, names: readonly string[], value: number): string {
  const whole = JSON.parse(text) as unknown;
  let inner = whole;
  for (const name of names.slice(0, -1)) inner = isRecord(inner) ? inner[name] : undefined;
  const last = names.at(-1)!;
  if (!isRecord(inner) || !Object.hasOwn(inner, last)) {
    throw new RecoveryError(
      'operation-not-allowed',
      `an event of the history has no ${names.join('.')} to be ordered by`,
      {
        hint: 'order the events by time',
      },
    );
  }
  inner[last] = value;
  return JSON.stringify(whole);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
