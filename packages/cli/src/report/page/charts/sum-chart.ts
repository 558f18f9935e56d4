import type { PlannedSumsJson } from '../../../documents/sums-parts.js';
import type { Charts } from '../../../charts/load-charts.js';
import { markup, type Html } from '../html.js';
import { ensembleChart, ensembleLegend } from './ensemble-chart.js';

type Measure = PlannedSumsJson['measures'][number];

/** What measures came to in the copies of the states, and where they are likely to be at the moment that was asked for. */
export function sumCharts({ at, measures }: PlannedSumsJson, charts: Charts): Html | null {
  const drawn = measures.flatMap((of) => pathOf(of, at));
  if (drawn.length === 0) return null;
  return markup`${drawn.map((of) => markup`<figure><figcaption><strong>${of.measure}</strong>, over all keys</figcaption>${ensembleChart(of, { from: of.last, to: at }, charts)}</figure>`)}
${ensembleLegend(drawn, 'no state is known')}
<p class="quiet">Estimated is the end alone: the straight lines only lead there.</p>`;
}

/** A history and its end as an ensemble has them; nothing where there is no picture to draw. */
function pathOf({ measure, estimated, history = [] }: Measure, at: number) {
  const last = history.at(-1);
  if (estimated === undefined || last === undefined || history.length < 2) return [];
  const { estimate, level, low, high } = estimated;
  const known = history.map(({ time, value }) => ({ time, estimate: value, low: [value], high: [value] }));
  const path = [...known, { time: at, estimate, low: [low], high: [high] }];
  return [{ measure, levels: [level], path, last: last.time }];
}
