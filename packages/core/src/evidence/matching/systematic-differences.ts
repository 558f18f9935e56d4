import { multiplyDecimals, type Decimal } from '../../model/records/decimal.js';
import type { ClockShift } from './agreement.js';
import { monthOf } from './month.js';
import { hashOf } from './spill.js';

/** What of a record or event is looked at. */
interface Sampled {
  readonly key: string;
  readonly time: number;
  readonly amount: Decimal | null;
}

const hour = 3_600_000;
const hoursLooked = 14;
/** A clock in another zone is off by whole hours, give or take the usual delay. */
const delay = 5 * 60_000;
const factors = ['1', '10', '100', '1000', '0.1', '0.01', '0.001'].flatMap((factor) => [factor, `-${factor}`]);
const sampleSize = 20_000;
const lookedPerKey = 64;
const fewest = 5;

/** Collects what would show a clock in another zone, or amounts in another unit. Nothing is corrected by it. */
export class SystematicDifferences {
  readonly #hours = new Map<string, { pairs: number; readonly at: Map<number, number> }>();
  readonly #factors = new Map<string, number>();
  #factorPairs = 0;
  readonly #records = new KeySample();
  readonly #events = new KeySample();

  /** A record and an event that are the same by their id. */
  pair(
    record: { readonly time: number | null; readonly amount: Decimal | null },
    event: { readonly time: number | null; readonly amount: Decimal | null },
  ): void {
    if (record.time !== null && event.time !== null) this.#countHours(event.time, [record.time - event.time]);
    if (record.amount !== null && event.amount !== null) this.#countFactors(record.amount, [event.amount]);
  }

  record(record: Sampled): void {
    this.#records.add(record);
  }

  event(event: Sampled): void {
    this.#events.add(event);
  }

  /** Takes the sampled ones, which have no id in common, for pairs as far as they could be. To be called once. */
  compareSamples(within: { readonly earlier: number; readonly later: number }): void {
    const events = this.#events.byKey();
    for (const [key, records] of this.#records.byKey()) {
      const others = events.get(key)?.slice(0, lookedPerKey);
      if (others === undefined) continue;
      for (const { time, amount } of records.slice(0, lookedPerKey)) {
        const same = others.filter((event) => event.amount === amount && Math.abs(event.time - time) < 15 * hour);
        if (same.length > 0)
          this.#countHours(
            time,
            same.map((event) => time - event.time),
          );
        const near = others.filter((event) => time - event.time <= within.later && event.time - time <= within.earlier);
        if (amount !== null && near.length > 0)
          this.#countFactors(
            amount,
            near.flatMap((event) => event.amount ?? []),
          );
      }
    }
  }

  clockShifts(): readonly ClockShift[] {
    return [...this.#hours]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([month, { pairs, at }]): ClockShift[] => {
        const best = mostOf([...at].filter(([hours]) => hours !== 0));
        if (best === null || !stands(best[1], pairs, at.get(0))) return [];
        return [{ month, hours: best[0], pairs: best[1] }];
      });
  }

  amountFactor(): { readonly factor: Decimal; readonly pairs: number } | null {
    const best = mostOf([...this.#factors].filter(([factor]) => factor !== '1'));
    if (best === null || !stands(best[1], this.#factorPairs, this.#factors.get('1'))) return null;
    return { factor: best[0], pairs: best[1] };
  }

  /** Each whole number of hours is counted once. */
  #countHours(time: number, differences: readonly number[]): void {
    const month = monthOf(time) ?? '';
    let of = this.#hours.get(month);
    if (of === undefined) this.#hours.set(month, (of = { pairs: 0, at: new Map() }));
    of.pairs++;
    const hours = new Set<number>();
    for (const difference of differences) {
      const whole = Math.round(difference / hour);
      if (Math.abs(whole) <= hoursLooked && Math.abs(difference - whole * hour) <= delay) hours.add(whole);
    }
    for (const whole of hours) of.at.set(whole, (of.at.get(whole) ?? 0) + 1);
  }

  #countFactors(amount: Decimal, others: readonly Decimal[]): void {
    if (amount === '0') return;
    this.#factorPairs++;
    // Nearly all amounts agree, and then there is nothing to multiply.
    const found = others.includes(amount)
      ? ['1']
      : factors.filter((factor) => others.includes(multiplyDecimals(amount, factor)));
    for (const factor of found) this.#factors.set(factor, (this.#factors.get(factor) ?? 0) + 1);
  }
}

/** Enough of them, most of all, and far more than as declared. */
function stands(count: number, all: number, asDeclared = 0): boolean {
  return count >= fewest && count * 2 >= all && count >= 3 * asDeclared;
}

function mostOf<Name>(counts: readonly (readonly [Name, number])[]): readonly [Name, number] | null {
  return counts.reduce<readonly [Name, number] | null>(
    (best, each) => (best === null || each[1] > best[1] ? each : best),
    null,
  );
}

/** All items of some keys: fewer keys as the items become more, the same ones on both sides. */
class KeySample {
  #items: { readonly hash: number; readonly item: Sampled }[] = [];
  #threshold = 2 ** 32;

  add(item: Sampled): void {
    const hash = hashOf(item.key);
    if (hash >= this.#threshold) return;
    this.#items.push({ hash, item: { key: item.key, time: item.time, amount: item.amount } });
    while (this.#items.length > sampleSize && this.#threshold > 1) {
      this.#threshold /= 2;
      this.#items = this.#items.filter((each) => each.hash < this.#threshold);
    }
  }

  byKey(): ReadonlyMap<string, readonly Sampled[]> {
    const keys = new Map<string, Sampled[]>();
    for (const { item } of this.#items) {
      const known = keys.get(item.key);
      if (known === undefined) keys.set(item.key, [item]);
      else known.push(item);
    }
    return keys;
  }
}
