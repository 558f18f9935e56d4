/**
 * The airports as the service in production keeps them: plain records, changed in place. Written apart from `worker.ts` and
 * from the engine, so that the two can be held against each other; the arithmetic is the same step by step, because the
 * results are compared to the last bit.
 */
export interface AirportRecord {
  departures: number;
  arrivals: number;
  smoothedDelay: number;
  backlog: number;
  worstBacklog: number;
  ground: number;
  lastEvent: number | null;
  alert: boolean;
  alerts: number;
}

export interface AirportBoard {
  /** Handles one flight and tells each output: its name, its key and its value as JSON. */
  handle(flight: HandledFlight, tell: TellOutput): void;
  /** All airports that were ever seen, sorted by code. */
  states(): readonly (readonly [airport: string, state: AirportRecord])[];
}

export type TellOutput = (output: 'movement' | 'alert', key: string, value: string) => void;

interface HandledFlight {
  readonly time: number;
  readonly delay: number;
  readonly origin: string;
  readonly destination: string;
}

export function airportBoard(): AirportBoard {
  const airports = new Map<string, AirportRecord>();
  const find = (code: string) => {
    let airport = airports.get(code);
    if (airport === undefined) airports.set(code, (airport = unseenAirport()));
    return airport;
  };
  return {
    handle({ time, delay, origin, destination }, tell) {
      const from = find(origin);
      const fromSwitched = observe(from, time, delay, 0);
      from.departures += 1;
      if (from.ground > 0) from.ground -= 1;
      const left = shown(from);

      const to = find(destination);
      const toSwitched = observe(to, time, delay, from.backlog / 64);
      to.arrivals += 1;
      to.ground += 1;

      tell('movement', origin, `{"from":{${left}},"to":{"airport":${JSON.stringify(destination)},${shown(to)}}}`);
      if (fromSwitched) tell('alert', origin, `{"raised":${from.alert},${left}}`);
      if (toSwitched) tell('alert', destination, `{"raised":${to.alert},${shown(to)}}`);
    },
    states: () => [...airports].sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

function unseenAirport(): AirportRecord {
  return {
    departures: 0,
    arrivals: 0,
    smoothedDelay: 0,
    backlog: 0,
    worstBacklog: 0,
    ground: 0,
    lastEvent: null,
    alert: false,
    alerts: 0,
  };
}

/** Returns whether the alert switched. */
function observe(airport: AirportRecord, time: number, delay: number, inherited: number): boolean {
  if (airport.lastEvent !== null && time > airport.lastEvent) {
    airport.backlog *= 60 / (60 + (time - airport.lastEvent) / 60000);
  }
  airport.backlog = airport.backlog + delay + inherited;
  if (airport.backlog < 0) airport.backlog = 0;
  if (airport.backlog > airport.worstBacklog) airport.worstBacklog = airport.backlog;
  airport.smoothedDelay += (delay - airport.smoothedDelay) / 16;
  airport.lastEvent = time;
  const alert = airport.alert ? airport.smoothedDelay > 15 : airport.smoothedDelay > 30;
  if (alert === airport.alert) return false;
  airport.alert = alert;
  if (alert) airport.alerts += 1;
  return true;
}

function shown({ smoothedDelay, backlog, ground }: AirportRecord): string {
  return `"delay":${tenths(smoothedDelay)},"backlog":${tenths(backlog)},"ground":${ground}`;
}

/** Text of -0 is "0" in a template, so nothing needs to be done about it here. */
function tenths(minutes: number): number {
  return Math.round(minutes * 10) / 10;
}
