import { performance } from 'node:perf_hooks';
import { estimateGap, regularSeries } from '@eventmend/estimation';
import { spread } from '../../../.ci/bench/interleaved.mjs';

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5);

/** 4,000 hours with a day, a week, a level that drifts and noise; the same in every run. */
function makeSeries() {
  let state = 1;
  const noise = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647 - 0.5;
  };
  let level = 100;
  const observations = Array.from({ length: 4000 }, (_, slot) => {
    level += noise();
    const ofDay = 1 + 0.8 * Math.sin(((slot % 24) / 24) * 2 * Math.PI);
    const ofWeek = slot % 168 < 120 ? 1 : 0.6;
    return { time: start + slot * hour, value: Math.max(0, Math.round(level * ofDay * ofWeek * (1 + 0.2 * noise()))) };
  });
  return regularSeries(observations, { step: 'hour', measure: 'count' });
}

/** One gap of 24 hours in the middle: masks, all methods, choice, intervals. */
export default async function estimateOneGap({ quick }) {
  const series = makeSeries();
  const gap = { from: start + 2000 * hour, to: start + 2024 * hour };
  const times = [];
  for (let run = 0; run < (quick ? 20 : 60); run++) {
    const started = performance.now();
    const result = estimateGap(series, gap);
    times.push(performance.now() - started);
    if (result.status !== 'estimated') throw new Error(`refused: ${result.reason.code}`);
  }
  // The first runs compile.
  const runs = spread(times.slice(5));
  return [{ name: 'estimate_series_ms', value: runs[1], unit: 'ms', bar: '<= 20', runs }];
}
