// Estimates a gap in each of many series, one after the other, and says what memory is left held: node --expose-gc bench/many-series.mjs [--series 10000]
import { parseArgs } from 'node:util';
import { estimateGap, regularSeries } from '@eventmend/estimation';

const { values: options } = parseArgs({ options: { series: { type: 'string', default: '10000' } } });
const wanted = Number(options.series);
const day = 86_400_000;
const begin = Date.UTC(2026, 0, 5);
const week = [1, 0.95, 1, 1.05, 1.3, 1.6, 0.6];
const gap = { from: begin + 80 * day, to: begin + 83 * day };
const heldMegabytes = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
};

const started = performance.now();
let [estimated, early] = [0, 0];
for (let n = 0; n < wanted; n++) {
  let state = n + 1;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const observations = Array.from({ length: 120 }, (_, at) => ({
    time: begin + at * day,
    value: Math.round(100 * week[at % 7] * (0.8 + 0.4 * random())),
  }));
  const result = estimateGap(regularSeries(observations, { step: 'day', measure: 'count' }), gap);
  if (result.status === 'estimated') estimated++;
  if (n + 1 === Math.ceil(wanted / 10)) early = heldMegabytes();
}
const held = heldMegabytes();
console.log(
  JSON.stringify({
    ...{ series: wanted, estimated, isCollected: globalThis.gc !== undefined },
    heldMegabytes: { afterATenth: Number(early.toFixed(1)), atTheEnd: Number(held.toFixed(1)) },
    peakResidentMegabytes: Math.round(process.resourceUsage().maxRSS / 1000),
    msPerSeries: Number(((performance.now() - started) / wanted).toFixed(2)),
  }),
);
if (held > early + 20) process.exitCode = 1;
