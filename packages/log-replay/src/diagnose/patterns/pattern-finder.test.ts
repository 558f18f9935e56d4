import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FaultKind } from '@eventmend/core/engine';
import type { PatternEvent } from './event-features.js';
import { createPatternFinder, type PatternOptions } from './pattern-finder.js';
import { seededFractions } from './seeded-fractions.js';

interface Trip extends PatternEvent {
  readonly time: number;
  readonly value: {
    readonly distance: number;
    readonly delay: number;
    readonly carrier: string;
    readonly [more: string]: unknown;
  };
}

const start = Date.UTC(2001, 4, 1);
const minute = 60_000;

/** Two days of trips with fields of many kinds: few values, many values, skewed, continuous, rising, sometimes absent. */
function trips(count: number, seed: number): readonly Trip[] {
  const fraction = seededFractions(seed);
  const below = (limit: number) => Math.floor(fraction() * limit);
  return Array.from({ length: count }, (_, index): Trip => {
    const distance = 100 + Math.floor(2400 * fraction() ** 2);
    return {
      topic: 'trips',
      partition: below(6),
      key: `plane-${below(400)}`,
      time: start + Math.floor((index * 48 * 60 * minute) / count),
      headers: fraction() < 0.5 ? [['region', `r${below(4)}`]] : [],
      value: {
        id: index,
        distance,
        // Follows from the distance, nearly.
        airTime: Math.round(distance / 8) + below(5),
        delay: Math.round(-20 + 120 * fraction() ** 3),
        carrier: `c${Math.floor(12 * fraction() ** 2)}`,
        fare: { class: below(10) === 0 ? 'first' : 'second', cents: below(100_000) },
        ...(below(8) === 0 ? { coupon: `x${below(3)}` } : {}),
        tags: Array<string>(below(3)).fill('t'),
      },
    };
  });
}

type IsFaulty = (trip: Trip, fraction: () => number) => FaultKind | null;

function patternsOf(events: readonly Trip[], isFaulty: IsFaulty, options: PatternOptions) {
  const finder = createPatternFinder(options);
  const fraction = seededFractions(options.seed + 1000);
  for (const event of events) {
    finder.see(event, event.time);
    const kind = isFaulty(event, fraction);
    if (kind !== null) finder.fault(kind, event, event.time);
  }
  return finder.patterns();
}

/** Few faults in some seeds, many in others; one kind or four; a background that is a sample, or all events. */
function patternsOfChance(seed: number, options: Partial<PatternOptions> = {}) {
  const kinds: readonly FaultKind[] = ['missed', 'twice', 'out-of-order', 'wrong'];
  const rate = [0.005, 0.02, 0.1, 0.4][seed % 4] as number;
  const chance: IsFaulty = (_, fraction) =>
    fraction() < rate ? (kinds[Math.floor(fraction() * (seed % 3 === 0 ? 1 : 4))] as FaultKind) : null;
  const background = seed % 2 === 0 ? 1000 : 10_000;
  return patternsOf(trips(2500, seed), chance, { seed, deploys, background, ...options });
}

const seeds = Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? 120);

const planted: readonly (readonly [property: string, has: (trip: Trip) => boolean, says: RegExp])[] = [
  ['a partition', (trip) => trip.partition === 3, /^partition 3$/],
  ['a cut from below', ({ value }) => value.distance >= 1500, /^value\.distance >= 1(4[89]\d|50\d)$/],
  ['a cut from above', ({ value }) => value.delay < -10, /^value\.delay < -(10|9)$/],
  ['a value', ({ value }) => value.carrier === 'c2', /^value\.carrier = "c2"$/],
  [
    'a value deep inside',
    ({ value }) => (value['fare'] as { class: string }).class === 'first',
    /^value\.fare\.class = "first"$/,
  ],
  ['a field that is there', ({ value }) => 'coupon' in value, /^value\.coupon is there$/],
  ['a header', ({ headers }) => headers[0]?.[1] === 'r1', /^header region = "r1"$/],
  ['an hour', ({ time }) => Math.floor((time - start) / (60 * minute)) === 30, /^2001-05-02 06:00 to 07:00$/],
  [
    'an hour of every day',
    ({ time }) => Math.floor((time - start) / (60 * minute)) % 24 === 4,
    /^04:00 to 05:00 of any day$/,
  ],
  ['a deploy', ({ time }) => time >= start + 32.5 * 60 * minute, /^deploy 2\.1 \(2001-05-02 08:30\)$/],
  ['a key', ({ key }) => key === 'plane-7', /^key = "plane-7"$/],
  ['a length', ({ value }) => (value['tags'] as string[]).length === 2, /^value\.tags\.length (= 2|>= [12])$/],
];

const deploys = [
  { at: start + 32.5 * 60 * minute, name: '2.1' },
  { at: start - 1, name: '2.0' },
];

describe('patterns of faults', () => {
  it(`finds none where the faults are drawn uniformly, in at least 95 % of ${seeds} seeds`, () => {
    let none = 0;
    for (let seed = 0; seed < seeds; seed++) if (patternsOfChance(seed).length === 0) none++;
    expect(none).toBeGreaterThanOrEqual(0.95 * seeds);
  });

  it('would find some in the same events if it did not ask for more than chance gives', () => {
    let some = 0;
    for (let seed = 0; seed < 20; seed++) if (patternsOfChance(seed, { level: 10_000 }).length > 0) some++;
    expect(some).toBeGreaterThan(15);
  });

  it.each(planted)('finds %s, first and for its kind', (_, has, says) =>
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const events = trips(5000, seed);
        const share = Math.min(0.5, 60 / events.filter(has).length);
        const found = patternsOf(
          events,
          (trip, fraction) =>
            has(trip) && fraction() < Math.max(share, 0.3) ? 'wrong' : fraction() < 0.004 ? 'missed' : null,
          { seed, deploys },
        );
        const [first] = found;
        expect(first?.property).toMatch(says);
        expect(first?.kind).toBe('wrong');
        expect(first?.faults).toBeGreaterThanOrEqual(0.9 * (first?.ofFaults ?? Infinity));
        expect(first?.shareOfEvents).toBeCloseTo(events.filter(has).length / events.length, 1);
      }),
      { seed: 20261125, numRuns: 6 },
    ),
  );

  it('says once what several fields say, and what a weaker field says of its own', () => {
    const events = trips(8000, 5);
    const isFaulty: IsFaulty = ({ value, partition }, fraction) =>
      (value.distance >= 1500 && fraction() < 0.1) || (partition === 2 && fraction() < 0.05) ? 'wrong' : null;
    const found = patternsOf(events, isFaulty, { seed: 5 }).map(({ property }) => property);
    expect(found).toHaveLength(2);
    // The air time follows from the distance.
    expect(found.filter((property) => /distance|airTime/.test(property))).toHaveLength(1);
    expect(found).toContain('partition 2');
  });

  it('puts two properties together where that says much more', () => {
    const isFaulty: IsFaulty = ({ value }, fraction) =>
      value.distance >= 1500 && value.delay >= 15 && fraction() < 0.2 ? 'wrong' : null;
    const [first] = patternsOf(trips(10_000, 8), isFaulty, { seed: 8 });
    expect(first?.property.split(' and ').sort()).toEqual(['value.delay >= 15', 'value.distance >= 1500']);
    expect(first?.faults).toBe(first?.ofFaults);
  });

  it('says of all kinds together what all of them share, and of one kind what only that one has', () => {
    const kinds: readonly FaultKind[] = ['missed', 'twice', 'wrong'];
    const shared: IsFaulty = ({ partition }, fraction) =>
      partition === 4 && fraction() < 0.2 ? (kinds[Math.floor(fraction() * 3)] as FaultKind) : null;
    const all = patternsOf(trips(4000, 9), shared, { seed: 9 });
    expect(all.map(({ kind, property }) => [kind, property])).toEqual([['all', 'partition 4']]);
    expect(all[0]?.faults).toBe(all[0]?.ofFaults);

    const apart: IsFaulty = ({ partition, value }, fraction) => {
      if (fraction() > 0.2) return null;
      return partition === 4 ? 'missed' : value.carrier === 'c3' ? 'twice' : null;
    };
    const found = patternsOf(trips(4000, 9), apart, { seed: 9 });
    expect(found.map(({ kind, property }) => `${kind}: ${property}`).sort()).toEqual([
      'missed: partition 4',
      'twice: value.carrier = "c3"',
    ]);
  });

  it('says from when to when, wide enough for all kinds, and leaves a kind of few faults out of account', () => {
    const kinds: readonly FaultKind[] = ['missed', 'twice', 'wrong'];
    const hour = (time: number) => (time - start) / (60 * minute);
    const incident: IsFaulty = ({ time, value }, fraction) => {
      if (hour(time) < 12 || hour(time) >= 19.5) return null;
      if (value['id'] === 3000) return 'sent-twice';
      return fraction() < 0.2 ? (kinds[Math.floor(fraction() * 3)] as FaultKind) : null;
    };
    const [first, ...others] = patternsOf(trips(8000, 11), incident, { seed: 11 });
    expect(first).toMatchObject({ kind: 'all', property: '2001-05-01 12:00 to 2001-05-01 19:30' });
    expect(first?.faults).toBe(first?.ofFaults);
    expect(others).toEqual([]);
  });

  it('finds in all kinds together what is too rare in each of them', () => {
    const kinds: readonly FaultKind[] = ['missed', 'twice', 'out-of-order', 'wrong'];
    let hits = 0;
    const rare: IsFaulty = ({ partition }) => (partition === 4 && hits < 16 ? (kinds[hits++ % 4] as FaultKind) : null);
    // Spread over the stretch, so that it is not the beginning that they share.
    const events = trips(4000, 2).filter((_, index) => index % 41 === 0);
    const found = patternsOf(events, rare, { seed: 2 });
    expect(found.map(({ kind, property }) => [kind, property])).toEqual([['all', 'partition 4']]);
    expect(found[0]).toMatchObject({ faults: 16, ofFaults: 16 });
  });

  it('estimates the counts from samples where there are many, and says about the same', () => {
    const isFaulty: IsFaulty = ({ value }) => (value.distance >= 1500 ? 'wrong' : null);
    const events = trips(30_000, 4);
    const [first] = patternsOf(events, isFaulty, { seed: 4, background: 1000, faults: 500 });
    const faulty = events.filter(({ value }) => value.distance >= 1500).length;
    expect(first).toMatchObject({ faults: faulty, ofFaults: faulty });
    expect(first?.shareOfEvents).toBeCloseTo(faulty / events.length, 1);
  });

  it('gives the same for the same seed', () => {
    const isFaulty: IsFaulty = ({ partition }, fraction) => (partition === 1 && fraction() < 0.1 ? 'twice' : null);
    const once = patternsOf(trips(5000, 3), isFaulty, { seed: 3, background: 200 });
    expect(patternsOf(trips(5000, 3), isFaulty, { seed: 3, background: 200 })).toEqual(once);
    expect(once).toHaveLength(1);
  });

  it('takes events without time, key, headers and value, and none at all', () => {
    expect(createPatternFinder({ seed: 1 }).patterns()).toEqual([]);
    const finder = createPatternFinder({ seed: 1, deploys });
    for (let index = 0; index < 100; index++) {
      const event = { topic: 't', partition: index % 4, key: null, headers: [], value: null };
      finder.see(event, index === 0 ? null : -Infinity);
      if (index % 4 === 2) finder.fault('missed', event, null);
    }
    expect(finder.patterns().map(({ property }) => property)).toEqual(['partition 2']);
  });

  it('keeps nothing of what is long, and knows a bounded number of fields', () => {
    const finder = createPatternFinder({ seed: 1 });
    for (let index = 0; index < 2000; index++) {
      const value = { text: 'x'.repeat(100_000), [`field ${index}`]: 1, ['n'.repeat(1000)]: 2, bad: index % 10 === 0 };
      const event = { topic: 't', partition: 0, key: null, headers: [], value };
      finder.see(event, index);
      if (index % 10 === 0) finder.fault('wrong', event, index);
    }
    expect(finder.patterns().map(({ property }) => property)).toEqual(['value.bad = true']);
  });
});
