import { dateOfAnotherZone, intlOfAnotherZone } from './another-time-zone.js';
import type { WorkerInstance } from './worker-instance.js';

/** Where the other clock begins: before all that events are likely to be compared with, so that comparisons turn out otherwise. */
const elsewhen = Date.UTC(1980, 0, 1);

/** What the handler finds instead of its clock, and of the zone that this is read in. */
interface Elsewhere {
  readonly real: DateConstructor;
  /** The clock is another one, the zone is not. */
  readonly ofThisZone: DateConstructor;
  readonly east: ZoneElsewhere;
  readonly west: ZoneElsewhere;
}

interface ZoneElsewhere {
  readonly date: DateConstructor;
  readonly intl: typeof Intl;
}

/** In which zone the other clock is read: this one, or one that lies far to the east or to the west. */
type Zone = 'here' | 'east' | 'west';

/** Made once for a `Date`: this is called several times for each event of a verification. */
let made: Elsewhere | null = null;

function elsewhereOf(real: DateConstructor): Elsewhere {
  if (made?.real === real) return made;
  const shift = elsewhen - real.now();
  const now = (): number => real.now() + shift;
  const ofThisZone = new Proxy(real, {
    construct: (target, given, asked) => Reflect.construct(target, given.length === 0 ? [now()] : given, asked) as Date,
    apply: () => new real(now()).toString(),
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  });
  const zone = (direction: 'east' | 'west'): ZoneElsewhere => ({
    date: dateOfAnotherZone(real, now, direction),
    intl: intlOfAnotherZone(Intl, direction),
  });
  made = { real, ofThisZone, east: zone('east'), west: zone('west') };
  return made;
}

/**
 * Runs what asks `Date` for the time years away from now, from where the clock goes on, and in another zone if
 * asked for. What is awaited in it is out of its reach: others run then.
 */
export function underAnotherClock<Result>(zone: Zone, run: () => Result): Result {
  const real = { date: globalThis.Date, intl: globalThis.Intl };
  const elsewhere = elsewhereOf(real.date);
  if (zone === 'here') globalThis.Date = elsewhere.ofThisZone;
  else {
    globalThis.Date = elsewhere[zone].date;
    globalThis.Intl = elsewhere[zone].intl;
  }
  try {
    return run();
  } finally {
    globalThis.Date = real.date;
    globalThis.Intl = real.intl;
  }
}

/** Where a worker has to give the same result: in every zone, unless it says in which it is right. */
export function untoldZones({ worker }: WorkerInstance): readonly Zone[] {
  return worker.timeZone === undefined ? ['east', 'west'] : ['here'];
}

/** The same worker, whose handler finds another time on the clock, read in another zone: a result that rests on it is another one then. */
export function withAnotherClock(instance: WorkerInstance): WorkerInstance {
  const zones = untoldZones(instance);
  let calls = 0;
  // One event in one of them, the next in the other: each may be the one in which a local day is another.
  const next = (): Zone => zones[calls++ % zones.length] as Zone;
  return {
    mode: 'events',
    worker: instance.worker,
    decodeState: (stored) => instance.decodeState(stored),
    deduplicationId: (event) => underAnotherClock(zones[0] as Zone, () => instance.deduplicationId(event)),
    get negativeZeros() {
      return instance.negativeZeros;
    },
    set negativeZeros(count: number) {
      instance.negativeZeros = count;
    },
    event: (page, index, partition) =>
      underAnotherClock(zones[0] as Zone, () => instance.event(page, index, partition)),
    keys: (event) => underAnotherClock(zones[0] as Zone, () => instance.keys(event)),
    invoke: (event, keys, now, states) => underAnotherClock(next(), () => instance.invoke(event, keys, now, states)),
    freezeInputs: (freeze) => {
      instance.freezeInputs(freeze);
    },
    close: () => instance.close(),
  };
}
