// Holds our estimates against those of other programs on the same gaps: node bench/reference/compare-references.mjs FOLDER
// FOLDER is that of write-gaps.mjs, with what forecast.R and unobserved_components.py wrote into it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { estimateGap, regularSeries } from '@eventmend/estimation';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name the folder of write-gaps.mjs');
const hour = 3_600_000;
const start = Date.UTC(2001, 0, 1);

const linesOf = (name) => readFileSync(join(folder, name), 'utf8').trim().split('\n');

function columnsOf(name) {
  const [header, ...rows] = linesOf(name).map((line) => line.split(','));
  return new Map(header.map((airport, at) => [airport, rows.map((row) => Number(row[at]))]));
}

/** By gap and method the path that another program wrote. */
function pathsOf(name) {
  const paths = new Map();
  if (!existsSync(join(folder, name))) return paths;
  for (const line of linesOf(name).slice(1)) {
    const [id, method, slot, value] = line.split(',');
    if (!paths.has(id)) paths.set(id, new Map());
    const of = paths.get(id);
    if (!of.has(method)) of.set(method, []);
    of.get(method)[Number(slot)] = Number(value);
  }
  return paths;
}

/** The mean of the two nearest slots of the same phase on each side that are seen. */
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

const series = { hour: columnsOf('hour.csv'), day: columnsOf('day.csv') };
const others = [pathsOf('forecast.csv'), pathsOf('components.csv')];
const cells = new Map();
const levels = [0.8, 0.9, 0.95];
for (const line of linesOf('gaps.csv').slice(1)) {
  const [id, airport, step, side, hours, from, to] = line.split(',');
  const gap = { step, from: Number(from), to: Number(to) };
  const methods = others
    .flatMap((paths) => [...(paths.get(id) ?? [])])
    .filter(([, path]) => path.length === gap.to - gap.from);
  if (methods.length === 0) continue;
  const values = series[step].get(airport);
  const length = step === 'hour' ? hour : 24 * hour;
  const seen = side === 'end' ? values.slice(0, gap.from) : values;
  const observations = seen.map((value, slot) => ({ time: start + slot * length, value }));
  const result = estimateGap(regularSeries(observations, { step, measure: 'count' }), {
    from: start + gap.from * length,
    to: start + gap.to * length,
  });
  const truth = values.slice(gap.from, gap.to);
  const sum = truth.reduce((a, b) => a + b, 0);
  const usual = values.reduce((a, b) => a + b, 0) / values.length;
  const name = `${hours === '168' ? '7 days' : '6 to 72 hours'}, ${step === 'hour' ? 'hourly' : 'daily'}, ${side === 'end' ? 'at the end' : 'in the middle'}`;
  if (!cells.has(name)) cells.set(name, { gaps: 0, refused: 0, held: levels.map(() => 0), methods: new Map() });
  const cell = cells.get(name);
  cell.gaps++;
  if (result.status === 'refused') {
    cell.refused++;
    continue;
  }
  result.intervals.forEach(({ low, high }, at) => (cell.held[at] += low <= sum && sum <= high ? 1 : 0));
  const errorsOf = (path) => ({
    total: Math.abs(path.reduce((a, b) => a + b, 0) - sum) / (usual * truth.length),
    path: path.reduce((a, value, slot) => a + Math.abs(value - truth[slot]), 0) / truth.length / usual,
  });
  const ours = errorsOf(result.path.map(({ estimate }) => estimate));
  const baseline = errorsOf(slotMean(values, seen.length, gap));
  for (const [method, path] of methods) {
    const of = cell.methods.get(method) ?? {
      gaps: 0,
      total: 0,
      path: 0,
      ourTotal: 0,
      ourPath: 0,
      meanTotal: 0,
      meanPath: 0,
    };
    const theirs = errorsOf(path);
    of.gaps++;
    for (const [key, value] of [
      ['total', theirs.total],
      ['path', theirs.path],
      ['ourTotal', ours.total],
      ['ourPath', ours.path],
      ['meanTotal', baseline.total],
      ['meanPath', baseline.path],
    ])
      of[key] += value;
    cell.methods.set(method, of);
  }
}
const percent = (value) => `${(100 * value).toFixed(2)} %`;
console.table(
  [...cells].flatMap(([gaps, cell]) =>
    [...cell.methods].map(([method, of]) => ({
      gaps,
      number: of.gaps,
      program: method,
      total: percent(of.total / of.gaps),
      'ours of total': percent(of.ourTotal / of.gaps),
      'slot mean': percent(of.meanTotal / of.gaps),
      path: percent(of.path / of.gaps),
      'ours of path': percent(of.ourPath / of.gaps),
      'slot mean of path': percent(of.meanPath / of.gaps),
    })),
  ),
);
const all = [...cells.values()];
const estimated = all.reduce((sum, { gaps, refused }) => sum + gaps - refused, 0);
console.log(
  `${estimated} estimated of ${all.reduce((sum, { gaps }) => sum + gaps, 0)};`,
  levels
    .map(
      (level, at) => `${100 * level} % held ${percent(all.reduce((sum, { held }) => sum + held[at], 0) / estimated)}`,
    )
    .join(', '),
);
