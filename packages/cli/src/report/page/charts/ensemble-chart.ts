import type { EnsembleMeasureJson } from '../../../documents/ensemble-parts.js';
import { fanChart, type Fan } from '../../../charts/fan-chart.js';
import type { Charts } from '../../../charts/load-charts.js';
import { timeTicks } from '../../../charts/time-ticks.js';
import { formatCount } from '../../../terminal/format.js';
import { markup, type Html } from '../html.js';

type Course = Pick<EnsembleMeasureJson, 'measure' | 'path' | 'levels'>;

/** A measure before, in and behind the gap: one line where all possibilities agree, a fan where they do not. */
export function ensembleChart(of: Course, gap: Fan['gap'], charts: Charts): Html {
  const { measure, path, levels } = of;
  const points = path.map(({ time, estimate }) => ({ at: time, value: estimate }));
  const last = path.at(-1);
  const widest = levels.length - 1;
  const fan: Fan = {
    gap,
    known: points.filter(({ at }) => at <= gap.from),
    estimate: points.filter(({ at }) => at >= gap.from),
    bands: levels.map((level, at) => ({
      level,
      points: path
        .filter(({ time }) => time >= gap.from)
        .map(({ time, low, high }) => ({ at: time, low: low[at] ?? NaN, high: high[at] ?? NaN })),
    })),
    shape: 'line',
    fromZero: false,
  };
  const label =
    `${measure} over all keys, before, in and behind what is lost` +
    (last === undefined || levels.length === 0
      ? '.'
      : `; at the end of the picture ${formatCount(Math.round(last.estimate))}, with ${Math.round((levels[widest] ?? 0) * 100)} % from ${formatCount(Math.round(last.low[widest] ?? 0))} to ${formatCount(Math.round(last.high[widest] ?? 0))}.`);
  const length = (path.at(-1)?.time ?? 0) - (path[0]?.time ?? 0);
  const look = { label, tickFormat: timeTicks(length) };
  return markup`<div class="wide-only">${fanChart(fan, { ...look, width: 940, height: 260, ticks: 8 }, charts)}</div><div class="narrow-only">${fanChart(fan, { ...look, width: 380, height: 240, ticks: 3 }, charts)}</div>`;
}

/** @param gap what the window means */
export function ensembleLegend(measures: readonly Pick<Course, 'levels'>[], gap = 'events are lost'): Html {
  const levels = [...new Set(measures.flatMap((of) => of.levels))].map((level) => Math.round(level * 100));
  const line = (colour: string): Html =>
    markup`<svg viewBox="0 0 22 14" aria-hidden="true"><path d="M1 7h20" stroke="${colour}" stroke-width="2.5"/></svg>`;
  return markup`<ul class="legend"><li>${line('var(--held)')}known</li><li>${line('var(--estimate)')}estimate</li>${levels.length === 0 ? null : markup`<li><svg viewBox="0 0 22 14" aria-hidden="true"><rect x="1" y="1" width="20" height="12" fill="var(--estimate)" fill-opacity="0.45"/></svg>where it lies with ${levels.join(', ')} %, the darker the more likely</li>`}<li><svg viewBox="0 0 22 14" aria-hidden="true"><rect x="1" y="1" width="20" height="12" fill="var(--window)"/></svg>${gap}</li></ul>`;
}
