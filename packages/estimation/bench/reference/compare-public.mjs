// Holds our estimates against those of public-series.R on the same gaps: node bench/reference/compare-public.mjs FOLDER
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { estimateGap, regularSeries } from '@eventmend/estimation';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name the folder of public-series.R');
const linesOf = (name) => readFileSync(join(folder, name), 'utf8').trim().split('\n');
const sum = (values) => values.reduce((total, value) => total + value, 0);
const hour = 3_600_000;
const lengths = { hour, day: 24 * hour };

/** Slots of any series stand on a grid that begins on 1 January 2001, a Monday. */
const timeOf = (step, slot) =>
  step === 'month' ? Date.UTC(2001, slot, 1) : Date.UTC(2001, 0, 1) + slot * lengths[step];

const series = new Map(
  linesOf('series.tsv').map((line) => {
    const [name, step, season, values] = line.split('\t');
    return [name, { step, season: season === '' ? undefined : Number(season), values: values.split(' ').map(Number) }];
  }),
);
const theirs = new Map();
for (const line of linesOf('public.csv').slice(1)) {
  const [id, method, slot, value] = line.split(',');
  const of = theirs.get(id) ?? {};
  theirs.set(id, of);
  (of[method] ??= [])[Number(slot)] = Number(value);
}

/** The mean of the four nearest known slots of the same phase. */
function slotMean(values, { from, to }, season) {
  return Array.from({ length: to - from }, (_, at) => {
    const near = [];
    for (let away = 1; near.length < 4 && away * season < values.length; away++) {
      for (const slot of [from + at - away * season, from + at + away * season]) {
        if ((slot < from || slot >= to) && Number.isFinite(values[slot]) && near.length < 4) near.push(values[slot]);
      }
    }
    return sum(near) / near.length;
  });
}

const cells = new Map();
for (const line of linesOf('gaps.csv').slice(1)) {
  const [id, name, side, ...slots] = line.split(',');
  const { step, season, values } = series.get(name);
  const gap = { from: Number(slots[0]), to: Number(slots[1]) };
  const seen = side === 'end' ? values.slice(0, gap.from) : values;
  const observations = seen.flatMap((value, slot) =>
    Number.isFinite(value) ? [{ time: timeOf(step, slot), value }] : [],
  );
  const result = estimateGap(regularSeries(observations, { step, measure: 'sum', ...(season && { season }) }), {
    from: timeOf(step, gap.from),
    to: timeOf(step, gap.to),
  });
  const key = `${name}, ${side === 'end' ? 'at the end' : 'in the middle'}`;
  const cell = cells.get(key) ?? { gaps: 0, refused: 0, errors: {} };
  cells.set(key, cell);
  if (result.status === 'refused') {
    cell.refused++;
    continue;
  }
  const truth = values.slice(gap.from, gap.to);
  const known = values.filter(Number.isFinite).map(Math.abs);
  const usual = (sum(known) / known.length) * truth.length;
  const paths = {
    ours: result.path.map(({ estimate }) => estimate),
    'slot mean': slotMean(seen, gap, season ?? { hour: 168, month: 12 }[step]),
    ...theirs.get(id),
  };
  cell.gaps++;
  for (const [method, path] of Object.entries(paths)) {
    const errors = (cell.errors[method] ??= { total: 0, path: 0, gaps: 0 });
    errors.gaps++;
    errors.total += Math.abs(sum(path) - sum(truth)) / usual;
    errors.path += sum(path.map((value, slot) => Math.abs(value - truth[slot]))) / usual;
  }
}
const percent = ({ gaps, ...errors }) =>
  ['total', 'path'].map((of) => ((100 * errors[of]) / gaps).toFixed(2)).join(', ');
console.table(
  [...cells].map(([gaps, { gaps: number, refused, errors }]) => ({
    gaps,
    number,
    refused,
    ...Object.fromEntries(Object.entries(errors).map(([method, of]) => [method, percent(of)])),
  })),
);
