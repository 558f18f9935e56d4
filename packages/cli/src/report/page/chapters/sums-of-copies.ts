import type { PlannedSumsJson } from '../../../documents/sums-parts.js';
import type { Charts } from '../../../charts/load-charts.js';
import { describeHistoryOfSums, whyNoSum } from '../../../render/describe-sums.js';
import { formatMeasure } from '../../../render/format-measure.js';
import { formatCount } from '../../../terminal/format.js';
import { sumCharts } from '../charts/sum-chart.js';
import { markup, type Html } from '../html.js';
import { tableOf } from '../words.js';

/** What sums are likely to come to where no log is left: by their history in copies of the states. */
export function sumsOfCopies(sums: PlannedSumsJson, charts: Charts): Html {
  const hasTotals = sums.measures.some(({ stated }) => stated !== undefined);
  return markup`
<p class="lead">No event of this run is estimated, since no log is left. Its sums are ${describeHistoryOfSums(sums)}.</p>
${tableOf(
  'What the measures are likely to come to over all keys',
  [
    { title: 'Measure' },
    { title: 'Estimate', isNumber: true },
    { title: 'From', isNumber: true },
    { title: 'To', isNumber: true },
    { title: 'Level', isNumber: true },
    { title: 'How' },
    ...(hasTotals ? [{ title: 'Control total', isNumber: true }] : []),
  ],
  sums.measures.map((of) => [
    of.measure,
    ...estimateOf(of),
    ...(hasTotals ? [of.stated === undefined ? '–' : of.stated.toLocaleString('en-US')] : []),
  ]),
)}
${sumCharts(sums, charts)}`;
}

function estimateOf(of: PlannedSumsJson['measures'][number]): readonly string[] {
  if (of.estimated === undefined) return ['–', '–', '–', '–', `not estimated: ${whyNoSum(of)}`];
  const { estimate, low, high, level, method, masks } = of.estimated;
  return [
    ...[estimate, low, high].map((value) => formatMeasure(value, high - low)),
    `${Math.round(level * 100)} %`,
    `${method}, tried on ${formatCount(masks)} known spans`,
  ];
}
