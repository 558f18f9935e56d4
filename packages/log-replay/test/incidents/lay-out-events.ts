import type { MemoryEvent } from '@eventmend/core';
import type { RecordedEventRef } from '@eventmend/core/engine';
import type { IncidentDesign } from './incident-design.js';

/** The value of an event as it stands in the log. */
export interface Booking {
  readonly keys: readonly string[];
  readonly type: 'add' | 'scale';
  readonly amount: number;
  /** Its place in the order, where the order is by field. */
  readonly seq?: number;
}

export interface LaidEvent {
  readonly ref: RecordedEventRef;
  /** As it stands in the event; null where there is none. */
  readonly time: number | null;
  /** Its own time, or what its partition lends it; -Infinity before the first. Under an order by time it never falls. */
  readonly effective: number;
  readonly value: Booking;
}

export const topic = 'bookings';

/** Every clock of these incidents starts here. */
const beginning = Date.UTC(2026, 0, 5, 8);

/** Gives events partitions, offsets and times, and puts them in the order in which a service without faults handles them. */
export function layOutEvents(design: IncidentDesign): readonly LaidEvent[] {
  const byField = design.order === 'field';
  const lent = Array<number>(design.partitions).fill(-Infinity);
  const offsets = Array<number>(design.partitions).fill(0);
  let clock = beginning;
  const events = design.arrivals.map((arrival, seq): LaidEvent => {
    clock += arrival.step;
    const partition = (design.keyed ? arrival.key : arrival.partition) % design.partitions;
    const before = lent[partition] ?? -Infinity;
    const time = timeOf(arrival.time, clock - arrival.delay, before);
    const effective = time === null ? before : byField ? time : Math.max(before, time);
    lent[partition] = effective;
    const offset = offsets[partition] ?? 0;
    offsets[partition] = offset + 1;
    const second = (arrival.key + 1 + (arrival.second % (design.keys - 1))) % design.keys;
    const keys = design.worker.keysOfEvent === 1 ? [arrival.key] : [arrival.key, second];
    return {
      ref: { topic, partition, offset },
      time,
      effective,
      value: {
        keys: keys.map((key) => `k${key}`),
        type: arrival.type,
        amount: arrival.amount,
        ...(byField ? { seq } : {}),
      },
    };
  });
  return design.order === 'time' ? events.sort(compareByTime) : events;
}

function timeOf(kind: 'own' | 'missing' | 'equal' | 'falling', own: number, before: number): number | null {
  switch (kind) {
    case 'own':
      return own;
    case 'missing':
      return null;
    case 'equal':
      return before === -Infinity ? own : before;
    case 'falling':
      return own - 500;
  }
}

/** The canonical order by time, from effective times. */
export function compareByTime(a: LaidEvent, b: LaidEvent): number {
  const byTime = a.effective === b.effective ? 0 : a.effective < b.effective ? -1 : 1;
  return byTime || a.ref.partition - b.ref.partition || a.ref.offset - b.ref.offset;
}

export function toMemoryEvent({ ref, time, value }: LaidEvent): MemoryEvent {
  return { ...ref, time, key: value.keys[0] ?? null, value };
}
