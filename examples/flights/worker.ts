import { defineWorker } from '@eventmend/core';

/** A flight of 2001 as the log holds it. Delays in minutes (negative: early), distances in miles. */
interface Flight {
  readonly delay: number;
  readonly origin: string;
  readonly destination: string;
}

/** An airport of which nothing is known. Times in minutes, except `lastEvent`, which is in milliseconds since 1970. */
const unseen = {
  departures: 0,
  arrivals: 0,
  /** Delays, exponentially smoothed: which of two flights comes first makes a difference. */
  smoothedDelay: 0,
  /** Delay that is not worked off yet. Half of it is gone after an hour without a flight. */
  backlog: 0,
  worstBacklog: 0,
  /** Aircraft on the ground, as far as they were seen to land. */
  ground: 0,
  lastEvent: null as number | null,
  alert: false,
  alerts: 0,
};
type Airport = Readonly<typeof unseen>;

const minute = 60_000;
const drainedByHalf = 60;
const smoothing = 16;
const alertAbove = 30;
const calmBelow = 15;
const knockOn = 64;

function handle(airport: Airport, lands: boolean, now: number, delay: number, inherited: number): Airport {
  const idle = airport.lastEvent === null ? 0 : Math.max(0, (now - airport.lastEvent) / minute);
  const drained = airport.backlog * (drainedByHalf / (drainedByHalf + idle));
  const backlog = Math.max(0, drained + delay + inherited);
  const smoothedDelay = airport.smoothedDelay + (delay - airport.smoothedDelay) / smoothing;
  const alert = smoothedDelay > (airport.alert ? calmBelow : alertAbove);
  return {
    departures: airport.departures + (lands ? 0 : 1),
    arrivals: airport.arrivals + (lands ? 1 : 0),
    smoothedDelay,
    backlog,
    worstBacklog: Math.max(airport.worstBacklog, backlog),
    ground: Math.max(0, airport.ground + (lands ? 1 : -1)),
    lastEvent: now,
    alert,
    alerts: airport.alerts + (alert && !airport.alert ? 1 : 0),
  };
}

/** Outputs are rounded as a board would show them; `+ 0` because a rounded -0.04 would be -0, which JSON has not. */
const tenths = (minutes: number) => Math.round(minutes * 10) / 10 + 0;

const boardOf = ({ smoothedDelay, backlog, ground }: Airport) => ({
  delay: tenths(smoothedDelay),
  backlog: tenths(backlog),
  ground,
});

/** What a board tells of the state behind it; delays are rounded to tenths. */
const reveal = (at: string, key?: string) => ({
  ...(key === undefined ? {} : { key }),
  fields: { smoothedDelay: `${at}delay`, backlog: `${at}backlog`, ground: `${at}ground` },
  within: { smoothedDelay: 0.05, backlog: 0.05 },
});

export default defineWorker<Flight, Airport>({
  name: 'flights',
  version: '1.0.1',
  topics: ['flights'],
  keys: ({ value }) => [value.origin, value.destination],
  initial: () => unseen,

  evolve(states, { value }, context) {
    const { origin, destination, delay } = value;
    const before = states.get(origin);
    const from = handle(before, false, context.now, delay, 0);
    states.set(origin, from);

    // The destination inherits part of what the origin is left with: late crews, late connections.
    const there = states.get(destination);
    const to = handle(there, true, context.now, delay, from.backlog / knockOn);
    states.set(destination, to);

    context.emit('movement', { from: boardOf(from), to: { airport: destination, ...boardOf(to) } });
    if (from.alert !== before.alert) context.emit('alert', { raised: from.alert, ...boardOf(from) });
    if (to.alert !== there.alert) context.emit('alert', { raised: to.alert, ...boardOf(to) }, { key: destination });
  },

  outputs: {
    movement: {
      kind: 'event',
      reveals: [reveal('from.'), reveal('to.', 'to.airport')],
      retract: (withdrawn) => ({ withdrawn }),
    },
    alert: { kind: 'latest', reveals: [{ fields: { alert: 'raised' } }] },
  },
  invariants: {
    'backlog is never negative': ({ backlog, worstBacklog }) => backlog >= 0 && worstBacklog >= backlog,
    'no fewer than zero aircraft on the ground': ({ ground }) => Number.isInteger(ground) && ground >= 0,
  },
  measures: {
    'flights handled': ({ departures }) => departures,
    'flights arrived': ({ arrivals }) => arrivals,
    'alerts raised': ({ alerts }) => alerts,
  },
});
