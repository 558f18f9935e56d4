// Estimates seeded gaps of the flight series and holds them against what was there: node bench/compare-estimates.mjs [--seed N] [--per-airport N] [--sums N]
import { parseArgs } from 'node:util';
import { estimateGap, estimateKeys, regularSeries } from '@eventmend/estimation';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { hourlyDepartures } from './flight-series.mjs';
import { chooseAirports, observationsOf, trialGaps } from './trial-gaps.mjs';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    airports: { type: 'string', default: '36' },
    'per-airport': { type: 'string', default: '3' },
    sums: { type: 'string', default: '180' },
    json: { type: 'boolean', default: false },
  },
});

const flights = await hourlyDepartures();
const airports = chooseAirports(flights.counts, Number(options.airports));
const trials = trialGaps({
  airports,
  hours: flights.hours,
  seed: Number(options.seed),
  perAirport: Number(options['per-airport']),
});
const hour = 3_600_000;

/** The mean of the two nearest slots of the same phase on each side that are seen: the baseline, written a second time. */
function slotMean(values, seen, { step, from, to }) {
  const season = step === 'hour' ? 168 : 7;
  return Array.from({ length: to - from }, (_, at) => {
    const near = [];
    for (let away = 1; near.length < 4 && away < 60; away++) {
      for (const slot of [from + at - away * season, from + at + away * season]) {
        if (slot >= 0 && slot < seen && !(slot >= from && slot < to) && near.length < 4) near.push(values[slot]);
      }
    }
    return near.reduce((sum, value) => sum + value, 0) / near.length;
  });
}

/** How much of the variance is the season's: 1 - Var(remainder) / Var(all) (after Wang, Smith & Hyndman 2006). */
function seasonalStrength(values, season) {
  const mean = (of) => of.reduce((sum, value) => sum + value, 0) / of.length;
  const phases = Array.from({ length: season }, (_, phase) =>
    mean(values.filter((_, slot) => slot % season === phase)),
  );
  const all = mean(values);
  const square = (of) => of.reduce((sum, value) => sum + value * value, 0);
  const remainder = square(values.map((value, slot) => value - phases[slot % season]));
  return 1 - remainder / square(values.map((value) => value - all));
}

const strengths = new Map();
function hasSeason(airport, step, values) {
  const name = `${airport} ${step}`;
  if (!strengths.has(name)) strengths.set(name, seasonalStrength(values, step === 'hour' ? 168 : 7));
  return strengths.get(name) > 0.3;
}

const cells = new Map();
function cellOf({ step, side, hours }) {
  const name = `${step} ${side} ${hours}h`;
  if (!cells.has(name)) {
    cells.set(name, {
      name,
      gaps: 0,
      seasonal: 0,
      refusedSeasonal: 0,
      refused: {},
      total: 0,
      slotMeanTotal: 0,
      path: 0,
      slotMeanPath: 0,
      scaled: 0,
      slotMeanScaled: 0,
      held: [0, 0, 0],
      width: 0,
      methods: {},
    });
  }
  return cells.get(name);
}

const started = performance.now();
for (const trial of trials) {
  const slotHours = trial.step === 'hour' ? 1 : 24;
  const { all, seen } = observationsOf(trial, flights, trial.airport);
  const series = regularSeries(seen, { step: trial.step, measure: 'count' });
  const at = (slot) => flights.start + slot * slotHours * hour;
  const result = estimateGap(series, { from: at(trial.from), to: at(trial.to) });
  const cell = cellOf(trial);
  cell.gaps++;
  const isSeasonal = hasSeason(
    trial.airport,
    trial.step,
    all.map(({ value }) => value),
  );
  if (isSeasonal) cell.seasonal++;
  if (result.status === 'refused') {
    if (isSeasonal) cell.refusedSeasonal++;
    cell.refused[result.reason.code] = (cell.refused[result.reason.code] ?? 0) + 1;
    continue;
  }
  const truth = all.slice(trial.from, trial.to).map(({ value }) => value);
  const sum = truth.reduce((a, b) => a + b, 0);
  const usual = (all.reduce((a, { value }) => a + value, 0) / all.length) * truth.length;
  const baseline = slotMean(
    all.map(({ value }) => value),
    seen.length,
    trial,
  );
  const baselineSum = baseline.reduce((a, b) => a + b, 0);
  const mean = (path) => path.reduce((a, value, slot) => a + Math.abs(value - truth[slot]), 0) / truth.length;
  cell.total += Math.abs(result.estimate - sum);
  cell.slotMeanTotal += Math.abs(baselineSum - sum);
  cell.scaled += Math.abs(result.estimate - sum) / usual;
  cell.slotMeanScaled += Math.abs(baselineSum - sum) / usual;
  cell.path += mean(result.path.map(({ estimate }) => estimate));
  cell.slotMeanPath += mean(baseline);
  result.intervals.forEach(({ low, high }, level) => (cell.held[level] += low <= sum && sum <= high ? 1 : 0));
  cell.width += (result.intervals[1].high - result.intervals[1].low) / 2 / usual;
  cell.methods[result.method] = (cell.methods[result.method] ?? 0) + 1;
}

const rows = [...cells.values()].map((cell) => {
  const refused = Object.values(cell.refused).reduce((a, b) => a + b, 0);
  const estimated = cell.gaps - refused;
  const per = (value) => value / estimated;
  return {
    gap: cell.name,
    gaps: cell.gaps,
    refused,
    seasonal: cell.seasonal,
    refusedSeasonal: cell.refusedSeasonal,
    reasons: cell.refused,
    totalError: per(cell.total),
    totalOfSlotMean: per(cell.slotMeanTotal),
    scaledError: per(cell.scaled),
    scaledOfSlotMean: per(cell.slotMeanScaled),
    pathError: per(cell.path),
    pathOfSlotMean: per(cell.slotMeanPath),
    held80: per(cell.held[0]),
    held90: per(cell.held[1]),
    held95: per(cell.held[2]),
    width90: per(cell.width),
    methods: cell.methods,
  };
});
/** Over all gaps of some cells; those of a week are apart, since few masks of them do not overlap. */
function pooled(name, of) {
  const estimated = of.reduce((sum, { gaps, refused }) => sum + gaps - refused, 0);
  const total = (key) => of.reduce((sum, row) => sum + row[key], 0);
  const mean = (key) => of.reduce((sum, row) => sum + row[key] * (row.gaps - row.refused), 0) / estimated;
  return {
    gaps: `${name}: ${total('gaps')}`,
    refused: total('refused'),
    seasonal: total('seasonal'),
    refusedSeasonal: total('refusedSeasonal'),
    held80: mean('held80'),
    held90: mean('held90'),
    held95: mean('held95'),
    scaledError: mean('scaledError'),
    scaledOfSlotMean: mean('scaledOfSlotMean'),
  };
}

/** Days of six airports at once, drawn from the twenty with most flights: how often the intervals of their sum hold. */
function trySums() {
  const random = xoroshiro128plus(Number(options.seed) + 1000);
  const dense = airports.slice(0, 20);
  const days = Math.floor(flights.hours / 24);
  const kinds = [1, 3, 7].flatMap((slots) => ['middle', 'end'].map((side) => ({ slots, side })));
  const sums = { 'less than a week': emptySums(), 'a week': emptySums() };
  for (let n = 0; n < Number(options.sums); n++) {
    const { slots, side } = kinds[n % kinds.length];
    const from = uniformInt(random, 56, days - slots - (side === 'middle' ? 56 : 0));
    const chosen = new Set();
    while (chosen.size < 6) chosen.add(dense[uniformInt(random, 0, dense.length - 1)]);
    const trial = { step: 'day', side, from, to: from + slots };
    const observed = [...chosen].map((airport) => ({ airport, ...observationsOf(trial, flights, airport) }));
    const series = new Map(
      observed.map(({ airport, seen }) => [airport, regularSeries(seen, { step: 'day', measure: 'count' })]),
    );
    const at = (slot) => flights.start + slot * 24 * hour;
    const { sum } = estimateKeys(series, { from: at(from), to: at(from + slots) });
    const result = sum.from === 'keys' ? sum : sum.result;
    const of = sums[slots === 7 ? 'a week' : 'less than a week'];
    of.gaps++;
    if (sum.from === 'keys') of.fromKeys++;
    if (result.intervals === undefined) {
      of.refused++;
      continue;
    }
    const truth = observed.reduce(
      (total, { all }) => total + all.slice(from, from + slots).reduce((part, { value }) => part + value, 0),
      0,
    );
    ['held80', 'held90', 'held95'].forEach((name, level) => {
      const { low, high } = result.intervals[level];
      if (low <= truth && truth <= high) of[name]++;
    });
  }
  return Object.fromEntries(
    Object.entries(sums).map(([name, of]) => {
      const per = (count) => count / (of.gaps - of.refused);
      return [name, { ...of, held80: per(of.held80), held90: per(of.held90), held95: per(of.held95) }];
    }),
  );
}

function emptySums() {
  return { gaps: 0, fromKeys: 0, refused: 0, held80: 0, held90: 0, held95: 0 };
}

const isWeek = ({ gap }) => gap.endsWith(' 168h');
const summary = {
  seed: Number(options.seed),
  airports: airports.length,
  below: pooled(
    '6 to 72 hours',
    rows.filter((row) => !isWeek(row)),
  ),
  week: pooled('7 days', rows.filter(isWeek)),
  msPerGap: (performance.now() - started) / trials.length,
  sums: trySums(),
};
if (options.json) console.log(JSON.stringify({ summary, rows }, null, 2));
else {
  const short = (value) => Number(value.toPrecision(3));
  console.table(
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(row)
          .filter(([, value]) => typeof value !== 'object')
          .map(([name, value]) => [name, typeof value === 'number' ? short(value) : value]),
      ),
    ),
  );
  for (const { gap, reasons, methods } of rows) console.log(gap, JSON.stringify(reasons), JSON.stringify(methods));
  console.log(summary);
}
