// How often intervals hold on made-up series of many kinds, and how wide they are: node bench/interval-coverage.mjs [--seed N] [--gaps N] [--json]
import { parseArgs } from 'node:util';
import { estimateGap, regularSeries } from '@eventmend/estimation';
import { madeUpSeries, kinds } from './made-up-series.mjs';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    gaps: { type: 'string', default: '60' },
    kind: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const [seed, gapsOfCell] = [Number(options.seed), Number(options.gaps)];
const levels = [80, 90, 95];

/** One gap of one series: whether the intervals held, and the width at 90 % over the one that who knows the noise would need. */
function tryGap(of) {
  const { step, measure, times, values, gap, oracleWidth } = of;
  const seen = values.flatMap((value, slot) =>
    slot >= gap.from && (slot < gap.to || of.side === 'end') ? [] : [{ time: times[slot], value }],
  );
  const series = regularSeries(seen, { step, measure });
  const result = estimateGap(series, { from: times[gap.from], to: times[gap.to - 1] + (times[1] - times[0]) });
  if (result.status === 'refused') return { refused: result.reason.code };
  const truth = values.slice(gap.from, gap.to).reduce((sum, value) => sum + value, 0);
  return {
    held: result.intervals.map(({ low, high }) => low <= truth && truth <= high),
    width: (result.intervals[1].high - result.intervals[1].low) / 2 / oracleWidth,
    error: Math.abs(result.estimate - truth) / oracleWidth,
    phase: result.backtest.phase,
  };
}

const tried = [];
for (const kind of kinds) {
  if (options.kind !== undefined && kind !== options.kind) continue;
  for (const step of ['day', 'hour']) {
    for (const history of ['short', 'middle', 'long']) {
      for (const where of ['any', 'quiet']) {
        for (let n = 0; n < gapsOfCell; n++) {
          const of = madeUpSeries({ kind, step, history, where, seed: `${seed} ${n}` });
          tried.push({ kind, step, history, where, side: of.side, slots: of.gap.to - of.gap.from, ...tryGap(of) });
        }
      }
    }
  }
}

function rowOf(name, all) {
  const told = all.filter(({ refused }) => refused === undefined);
  const share = (level) => (100 * told.filter(({ held }) => held[level]).length) / told.length;
  const finite = told
    .map(({ width }) => width)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  // What would have been wide enough for 90 % of these gaps, had it been known.
  const needed = told.map(({ error }) => error).sort((a, b) => a - b)[Math.ceil(0.9 * told.length) - 1];
  return {
    gaps: name,
    number: all.length,
    refused: all.length - told.length,
    ...Object.fromEntries(levels.map((level, at) => [`${level} %`, Number(share(at).toFixed(1))])),
    'median width': Number((finite[finite.length >> 1] ?? NaN).toFixed(2)),
    'mean width': Number((finite.reduce((sum, width) => sum + width, 0) / finite.length).toFixed(2)),
    needed: Number((needed ?? NaN).toFixed(2)),
  };
}

const by = (name, of = tried) =>
  [...new Set(of.map((one) => one[name]))].map((value) =>
    rowOf(
      `${name} ${value}`,
      of.filter((one) => one[name] === value),
    ),
  );
const rows = [
  ...by('kind'),
  ...by('step'),
  ...by('history'),
  ...by('side'),
  ...by('slots'),
  ...by('where'),
  ...by(
    'kind',
    tried.filter(({ where, history }) => where === 'quiet' && history !== 'long'),
  ).map((row) => ({ ...row, gaps: `${row.gaps}, quiet, not long` })),
  rowOf(
    'quiet, not long',
    tried.filter(({ where, history }) => where === 'quiet' && history !== 'long'),
  ),
  rowOf(
    'the level wanders',
    tried.filter(({ kind }) => ['level walks', 'walk', 'AR(0.97)'].includes(kind)),
  ),
  rowOf('all', tried),
];
if (options.json) console.log(JSON.stringify({ seed, gapsOfCell, rows, tried }));
else console.table(rows);
