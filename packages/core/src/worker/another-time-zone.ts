const hour = 3_600_000;

/** So far from this zone the others lie: their minutes, days, months and years change at other times, and one of them has another day at any. */
const distances = { east: 13.5 * hour, west: -11.5 * hour } as const;

/** As where there is summer time, it is an hour more in every other stretch of this length. */
const stretch = 30 * 24 * hour;

function isSummer(time: number): boolean {
  return Math.abs(Math.floor(time / stretch)) % 2 === 1;
}

/** What is read of a date in its zone; of seconds and below all zones say the same. */
const readings = [
  ...['getFullYear', 'getMonth', 'getDate', 'getDay', 'getHours', 'getMinutes', 'getYear'],
  'toDateString',
] as const;
/** What says its zone, so that it can be read again. */
const spelt = ['toString', 'toTimeString'] as const;
const formats = ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'] as const;
const settings = ['setFullYear', 'setMonth', 'setDate', 'setHours', 'setMinutes', 'setYear'] as const;

type Method = (this: Date, ...given: unknown[]) => unknown;

/**
 * A `Date` that takes this zone for another one, where nobody names one. It reads local time by shifting a date, asking the real one, and shifting back.
 * @param now what it takes for the present
 */
export function dateOfAnotherZone(
  real: DateConstructor,
  now: () => number,
  direction: keyof typeof distances,
): DateConstructor {
  const apart = distances[direction];
  const offsetAt = (time: number): number => apart + (isSummer(time) ? hour : 0);
  const toLocal = (time: number): Date => new real(time + offsetAt(time));
  const fromLocal = (local: number): number => local - offsetAt(local - apart);
  const parse = (given: string): number => {
    const text = String(given);
    return namesZone(text) ? real.parse(text) : fromLocal(real.parse(text));
  };
  const timeOf = (given: readonly unknown[]): number => {
    const [first] = given;
    if (given.length === 0) return now();
    if (given.length > 1) return fromLocal(new real(...(given as [number, number])).getTime());
    const plain = first instanceof real ? first.getTime() : (first as { valueOf(): unknown } | null)?.valueOf();
    return typeof plain === 'string' ? parse(plain) : new real(first as number).getTime();
  };
  class Elsewhere extends real {
    static override now = now;
    static override parse = parse;

    static override [Symbol.hasInstance](given: unknown): boolean {
      if (this === Elsewhere || this === other) return given instanceof real;
      return Reflect.apply(Function.prototype[Symbol.hasInstance], this, [given]);
    }

    constructor(...given: unknown[]) {
      super(timeOf(given));
    }

    override getTimezoneOffset(): number {
      return super.getTimezoneOffset() - offsetAt(this.getTime()) / 60_000;
    }
  }
  const own = Elsewhere.prototype as unknown as Record<string, unknown>;
  const inherited = real.prototype as unknown as Record<string, Method>;
  const define = (name: string, value: unknown): void => {
    Object.defineProperty(own, name, { value, writable: true, configurable: true });
  };
  for (const name of readings) {
    const read = inherited[name] as Method;
    define(name, function (this: Date) {
      return read.call(toLocal(this.getTime()));
    });
  }
  for (const name of spelt) {
    const spell = inherited[name] as Method;
    define(name, function (this: Date) {
      const text = String(spell.call(toLocal(this.getTime())));
      return text.replace(/GMT[+-]\d{4}.*$/, () => `GMT${describeOffset(-this.getTimezoneOffset())}`);
    });
  }
  for (const name of formats) {
    const format = inherited[name] as Method;
    define(name, function (this: Date, locales?: unknown, options?: { readonly timeZone?: string }) {
      return format.call(options?.timeZone === undefined ? toLocal(this.getTime()) : this, locales, options);
    });
  }
  for (const name of settings) {
    const set = inherited[name] as Method;
    define(name, function (this: Date, ...given: unknown[]) {
      const local = toLocal(this.getTime());
      set.apply(local, given);
      return this.setTime(fromLocal(local.getTime()));
    });
  }
  const other: DateConstructor = new Proxy(Elsewhere as unknown as DateConstructor, {
    apply: () => new other().toString(),
  });
  define('constructor', other);
  Object.defineProperties(Elsewhere, { name: { value: 'Date' }, length: { value: real.length } });
  return other;
}

function describeOffset(minutes: number): string {
  const of = (part: number): string => String(Math.floor(part)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${of(Math.abs(minutes) / 60)}${of(Math.abs(minutes) % 60)}`;
}

/** Read by the zone that they name, or of UTC without saying so: a date of ISO 8601 without a time. */
function namesZone(text: string): boolean {
  const time = /\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]m)?\s*(?:Z|[+-]\d{2}(?::?\d{2})?)\b/i;
  return (
    /^(?:\d{4}|[+-]\d{6})(?:-\d{2}){0,2}$/.test(text) || /\b(?:UTC?|GMT|[ECMP][SD]T)\b/i.test(text) || time.test(text)
  );
}

/** Zones of which one is not this one. */
const others = { east: ['Pacific/Kiritimati', 'Pacific/Apia'], west: ['Pacific/Midway', 'Pacific/Honolulu'] } as const;

/** An `Intl` whose formats of dates are of another zone, where nobody names one. */
export function intlOfAnotherZone(real: typeof Intl, direction: keyof typeof distances): typeof Intl {
  const here = new real.DateTimeFormat().resolvedOptions().timeZone;
  const timeZone = others[direction].find((zone) => zone !== here);
  const elsewhere = (given: readonly unknown[]): [string | undefined, Intl.DateTimeFormatOptions] => {
    const [locales, options] = given as [string | undefined, Intl.DateTimeFormatOptions | undefined];
    return [locales, { ...options, timeZone: options?.timeZone ?? timeZone }];
  };
  const DateTimeFormat = new Proxy(real.DateTimeFormat, {
    construct: (target, given, asked) => Reflect.construct(target, elsewhere(given), asked) as Intl.DateTimeFormat,
    apply: (target, _, given) => new target(...elsewhere(given)),
  });
  return Object.create(real, {
    DateTimeFormat: { value: DateTimeFormat, writable: true, configurable: true },
  }) as typeof Intl;
}
