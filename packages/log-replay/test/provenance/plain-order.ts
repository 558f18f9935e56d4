import { maxStepMs, type Design, type TinyEvent } from './tiny-incident.js';

export interface OrderedEvent {
  readonly event: TinyEvent;
  /** The clock of the worker. */
  readonly now: number;
}

export interface PlainOrder {
  readonly events: readonly OrderedEvent[];
  /** Events whose time no later one confirmed. */
  readonly unconfirmed: readonly TinyEvent[];
}

const isUsable = (time: number | null): time is number => time !== null && time >= 0;

/** The one order in which events are replayed, told from the documentation alone: decisions 2 and 9 and the design. */
export function orderPlainly(events: readonly TinyEvent[], by: Design['order']): PlainOrder {
  const placed: { readonly event: TinyEvent; readonly at: number; readonly now: number }[] = [];
  const unconfirmed: TinyEvent[] = [];
  for (const partition of new Set(events.map((event) => event.partition))) {
    const own = events.filter((event) => event.partition === partition).sort((a, b) => a.offset - b.offset);
    let watermark = -Infinity;
    let clock = -Infinity;
    own.forEach((event, index) => {
      let value = by === 'time' ? event.time : by === 'field' ? (event.value?.seq ?? null) : event.rank;
      if (by === 'time' && isUsable(value) && value - watermark > maxStepMs) {
        const time = value;
        const following = own
          .slice(index + 1, index + 101)
          .map((later) => later.time)
          .filter(isUsable);
        const agree = following.filter((later) => later >= time - maxStepMs).length;
        const isConfirmed = following.length === 0 ? watermark === -Infinity : agree > following.length / 2;
        if (!isConfirmed) {
          value = null;
          unconfirmed.push(event);
        }
      }
      if (value !== null && value >= 0 && value > watermark) watermark = value;
      if (isUsable(event.time)) clock = event.time;
      placed.push({ event, at: watermark, now: by === 'time' ? watermark : clock });
    });
  }
  placed.sort((a, b) =>
    a.at !== b.at ? (a.at < b.at ? -1 : 1) : a.event.partition - b.event.partition || a.event.offset - b.event.offset,
  );
  return { events: placed, unconfirmed };
}
