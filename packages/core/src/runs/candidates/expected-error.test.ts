import { expect, it } from 'vitest';
import { betterCandidate, differMoreThanLost, errorPerStandIn, expectedErrors } from './expected-error.js';

it('keeps a live value of which nothing is known, unless the rebuilt one almost certainly lacks nothing', () => {
  expect(betterCandidate({ rebuilt: 0.04, live: null })).toBe('rebuilt');
  expect(betterCandidate({ rebuilt: 0.2, live: null })).toBe('live');
  expect(betterCandidate({ rebuilt: 0.2, live: null }, true)).toBe('rebuilt');
  expect(betterCandidate({ rebuilt: 0.6, live: null }, true)).toBe('live');
  expect(betterCandidate({ rebuilt: 0.2, live: 0.1 }, true)).toBe('live');
});

it('expects of rows that stand in what was seen of such rows, and nothing of a handful', () => {
  const trial = { time: null, events: 60, rows: 60, namings: 120, keys: 30, right: 27, bare: 0 };
  expect(errorPerStandIn(trial)).toBe(3 / 120);
  expect(errorPerStandIn({ ...trial, namings: 99 })).toBeNull();
  const all = { lost: 0, keyEvents: 1000, keys: 30, keysPerEvent: 2, liveErrorPerEvent: null };
  const key = { events: 40, eventsSinceOnset: 0, standIns: 12 };
  // No key came out wrong: a live state of which nothing is known is not taken for it.
  const allRight = expectedErrors(key, { ...all, errorPerStandIn: errorPerStandIn({ ...trial, right: 30 }) });
  expect(betterCandidate(allRight)).toBe('rebuilt');
  const someWrong = expectedErrors(key, { ...all, errorPerStandIn: errorPerStandIn(trial) });
  expect(betterCandidate(someWrong)).toBe('live');
});

it('takes differences for the fault of the live state only where lost events explain fewer than half of them', () => {
  expect([differMoreThanLost(29, 6), differMoreThanLost(12, 6), differMoreThanLost(2, 0)]).toEqual([
    true,
    false,
    false,
  ]);
});

/** Keys whose values are counts of events; some events are lost to the rebuilt values, and live missed some since its error. */
function world(random: () => number, lost: number, liveErrorRate: number) {
  const keys = 20 + Math.floor(random() * 40);
  const values = Array.from({ length: keys }, () => ({ events: 0, rebuilt: 0, live: 0, truth: 0 }));
  for (let event = 0; event < 1000; event++) {
    const of = values[Math.floor(random() * keys)]!;
    of.truth++;
    if (event >= 1000 - lost) of.rebuilt++;
    else of.events++;
    if (random() < liveErrorRate) of.live++;
  }
  return values.map(({ events, rebuilt, live, truth }) => ({
    events,
    rebuilt: truth - rebuilt,
    live: truth - live,
    truth,
  }));
}

it.each([1, 2, 3])('is never worse than doing nothing over many services, seed %i', (seed) => {
  // Park and Miller's minimal standard.
  let state = seed * 48_271;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (const liveErrorRate of [0, 0.001, 0.01, 0.05]) {
    let [fired, asChosen, doingNothing] = [0, 0, 0];
    for (let trial = 0; trial < 150; trial++) {
      const lost = Math.floor(random() * 12);
      const keys = world(random, lost, liveErrorRate);
      const differing = keys.filter(({ rebuilt, live }) => rebuilt !== live);
      const isLiveWrong = differMoreThanLost(differing.length, Math.min(lost, keys.length));
      if (!isLiveWrong) continue;
      fired++;
      const all = { lost, keyEvents: 1000 - lost, keys: keys.length, keysPerEvent: 1, liveErrorPerEvent: null };
      for (const { events, rebuilt, live, truth } of differing) {
        const taken = betterCandidate(expectedErrors({ events, eventsSinceOnset: events }, all), true);
        if ((taken === 'live' ? live : rebuilt) !== truth) asChosen++;
        if (live !== truth) doingNothing++;
      }
    }
    // A service that is never wrong is never accused: its values differ by what is lost alone.
    if (liveErrorRate === 0) expect(fired).toBe(0);
    if (liveErrorRate === 0.05) expect(fired).toBeGreaterThan(60);
    expect(asChosen).toBeLessThanOrEqual(doingNothing / 2);
  }
});
