// Loses the whole log of a window of flights again and again, recovers by tier three, and counts how often the truth lies inside of
// the intervals: node bench/flights-incidents.mjs [--incidents 200] [--rows 20000] [--hours 24] [--behind 6] [--seed 1] [--json]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createMemoryLog, foldLog } from '@eventmend/core';
import { estimateStates } from '@eventmend/estimation';
import { asyncBufferFromFile, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { createJiti } from 'jiti';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { flightsFile } from './flight-series.mjs';

const { values: options } = parseArgs({
  options: {
    incidents: { type: 'string', default: '200' },
    rows: { type: 'string', default: '20000' },
    hours: { type: 'string', default: '24' },
    behind: { type: 'string', default: '6' },
    members: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const [incidents, rows, hours, behind, members, seed] = [
  ...['incidents', 'rows', 'hours', 'behind', 'members', 'seed'].map((name) => Number(options[name])),
];
const hour = 3_600_000;
const partitionCount = 8;

/** Evenly thinned out of half a year: a sample keeps days and weeks as they were, and the flights of one airport in their order. */
async function readFlights() {
  const file = await asyncBufferFromFile(flightsFile());
  const columns = { date: [], origin: [], destination: [], delay: [], distance: [] };
  const onChunk = ({ columnName, columnData, rowStart }) => {
    for (let at = 0; at < columnData.length; at++) columns[columnName][rowStart + at] = columnData[at];
  };
  await parquetRead({ file, compressors, columns: Object.keys(columns), onChunk });
  const every = Math.max(1, Math.floor(columns.date.length / rows));
  const flights = [];
  for (let row = 0; row < columns.date.length && flights.length < rows; row += every) {
    const [origin, destination, delay, distance] = ['origin', 'destination', 'delay', 'distance'].map(
      (name) => columns[name][row],
    );
    const value = { delay: Number(delay), distance: Number(distance), origin, destination };
    flights.push({ time: Number(columns.date[row]), key: origin, value });
  }
  flights.sort((a, b) => a.time - b.time);
  const places = new Map();
  const next = new Array(partitionCount).fill(0);
  return flights.map((flight) => {
    if (!places.has(flight.key)) places.set(flight.key, places.size % partitionCount);
    const partition = places.get(flight.key);
    return { ...flight, partition, offset: next[partition]++ };
  });
}

const flights = await readFlights();
// A path that is put together here: the examples depend on the packages, and no package on an example.
const exampleWorker = join(import.meta.dirname, '..', '..', '..', 'examples', 'flights', 'worker.ts');
const { default: demo } = await createJiti(import.meta.url).import(exampleWorker);
/** The worker of the demo, with more of what its books hold as measures: most of it depends on the order of the flights. */
const { defineWorker } = await import('@eventmend/core');
const worker = defineWorker({
  ...demo.definition,
  measures: {
    delay: ({ smoothedDelay }) => smoothedDelay,
    backlog: ({ backlog }) => backlog,
    ground: ({ ground }) => ground,
    alerts: ({ alerts }) => alerts,
  },
});
const names = Object.keys(worker.measures);
const store = mkdtempSync(join(tmpdir(), 'eventmend-flights-'));
const levels = [0.8, 0.9, 0.95];
const held = Object.fromEntries(names.map((name) => [name, levels.map(() => 0)]));
const bounded = levels.map(() => 0);
const keys = { all: 0, held: 0 };
const refused = {};
const random = xoroshiro128plus(seed);
const first = flights[0].time;
const last = flights.at(-1).time;
const started = performance.now();
let estimated = 0;
try {
  for (let n = 0; n < incidents; n++) {
    const from = first + uniformInt(random, 60 * 24, Math.floor((last - first) / hour) - 14 * 24) * hour;
    const to = from + hours * hour;
    // The service stands some hours behind the window, so that what was lost still shows.
    const seen = flights.filter(({ time }) => time < to + behind * hour);
    const known = seen.filter(({ time }) => time < from || time >= to);
    const partitions = Array.from({ length: partitionCount }, (_, partition) => ({
      partition,
      range: { from: 0, to: seen.filter((flight) => flight.partition === partition).length },
    }));
    const whole = createMemoryLog({ topic: 'flights', events: seen });
    const truth = (await foldLog(worker, whole)).states;
    const live = to + behind * hour;
    const result = await estimateStates(
      { worker, logs: [createMemoryLog({ topic: 'flights', events: known, partitions })], store },
      { members, seed: n + 1, target: { kind: 'time', time: live } },
    );
    if (result.status === 'refused') {
      refused[result.reason.code] = (refused[result.reason.code] ?? 0) + 1;
      continue;
    }
    estimated++;
    levels.forEach((level, at) => {
      if (result.sums[names[0]].intervals.some((of) => of.level === level && Number.isFinite(of.high))) bounded[at]++;
    });
    for (const name of names) {
      const sum = [...truth].reduce((total, [key, state]) => total + worker.measures[name](state, key), 0);
      for (const { level, low, high } of result.sums[name].intervals) {
        if (low <= sum && sum <= high && Number.isFinite(high)) held[name][levels.indexOf(level)]++;
      }
    }
    for (const { key, isReached, measures } of result.states()) {
      if (!isReached || !truth.has(key)) continue;
      const { low, high } = measures.delay.intervals.find(({ level }) => level === 0.9);
      const delay = truth.get(key).smoothedDelay;
      keys.all++;
      if (low <= delay && delay <= high) keys.held++;
    }
    if (!options.json && (n + 1) % 20 === 0)
      console.error(`${n + 1} incidents, ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
} finally {
  rmSync(store, { recursive: true, force: true });
}

/** The interval of Clopper & Pearson 1934 ("The use of confidence or fiducial limits"), 95 %, by bisection. */
function binomialInterval(hits, of) {
  const logFactorial = (count) => {
    let sum = 0;
    for (let at = 2; at <= count; at++) sum += Math.log(at);
    return sum;
  };
  const most = (share) => {
    let sum = 0;
    for (let k = 0; k <= hits; k++) {
      const ways = logFactorial(of) - logFactorial(k) - logFactorial(of - k);
      sum += Math.exp(ways + k * Math.log(share) + (of - k) * Math.log(1 - share));
    }
    return sum;
  };
  const solve = (isBelow) => {
    let [low, high] = [1e-9, 1 - 1e-9];
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2;
      if (isBelow(middle)) low = middle;
      else high = middle;
    }
    return low;
  };
  const point = (share) =>
    Math.exp(
      logFactorial(of) -
        logFactorial(hits) -
        logFactorial(of - hits) +
        hits * Math.log(share) +
        (of - hits) * Math.log(1 - share),
    );
  const low = hits === 0 ? 0 : solve((share) => 1 - most(share) + point(share) < 0.025);
  const high = hits === of ? 1 : solve((share) => most(share) > 0.025);
  return [low, high];
}

const report = {
  ...{ incidents, rows: flights.length, hours, behind, members, seed, refused, estimated },
  sums: Object.fromEntries(
    names.map((name) => [
      name,
      levels.map((level, at) => ({
        level,
        held: held[name][at],
        of: bounded[at],
        interval: binomialInterval(held[name][at], bounded[at]),
      })),
    ]),
  ),
  keys: { level: 0.9, ...keys, share: keys.held / keys.all },
  secondsPerIncident: (performance.now() - started) / 1000 / incidents,
};
if (options.json) console.log(JSON.stringify(report, null, 2));
else {
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  console.table(
    Object.entries(report.sums).flatMap(([measure, of]) =>
      of.map(({ level, held: hits, of: all, interval }) => ({
        measure,
        level,
        held: `${hits} of ${all}`,
        share: percent(hits / all),
        '95 % interval': interval.map(percent).join(' to '),
      })),
    ),
  );
  console.log({ ...report, sums: undefined });
}
