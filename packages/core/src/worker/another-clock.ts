import type { WorkerInstance } from './worker-instance.js';

/** Where the other clock begins: before all that events are likely to be compared with, so that comparisons turn out otherwise. */
const elsewhen = Date.UTC(1980, 0, 1);

/** Made once for a `Date`: this is called several times for each event of a verification. */
let made: { readonly real: DateConstructor; readonly other: DateConstructor } | null = null;

function otherDate(real: DateConstructor): DateConstructor {
  if (made?.real !== real) made = { real, other: shiftedDate(real) };
  return made.other;
}

function shiftedDate(real: DateConstructor): DateConstructor {
  const shift = elsewhen - real.now();
  const now = (): number => real.now() + shift;
  return new Proxy(real, {
    construct: (target, given, asked) => Reflect.construct(target, given.length === 0 ? [now()] : given, asked) as Date,
    apply: () => new real(now()).toString(),
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  });
}

/**
 * Runs what asks `Date` for the time years away from now, from where the clock goes on. What is awaited in it is out of its
 * reach: others run then.
 */
export function underAnotherClock<Result>(run: () => Result): Result {
  const real = globalThis.Date;
  globalThis.Date = otherDate(real);
  try {
    return run();
  } finally {
    globalThis.Date = real;
  }
}

/** The same worker, whose handler finds another time on the clock: a result that rests on it is another one then. */
export function withAnotherClock(instance: WorkerInstance): WorkerInstance {
  return {
    mode: 'events',
    worker: instance.worker,
    decodeState: (stored) => instance.decodeState(stored),
    deduplicationId: (event) => underAnotherClock(() => instance.deduplicationId(event)),
    get negativeZeros() {
      return instance.negativeZeros;
    },
    set negativeZeros(count: number) {
      instance.negativeZeros = count;
    },
    event: (page, index, partition) => underAnotherClock(() => instance.event(page, index, partition)),
    keys: (event) => underAnotherClock(() => instance.keys(event)),
    invoke: (event, keys, now, states) => underAnotherClock(() => instance.invoke(event, keys, now, states)),
    freezeInputs: (freeze) => {
      instance.freezeInputs(freeze);
    },
    close: () => instance.close(),
  };
}
