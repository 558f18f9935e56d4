import type { ReportJson } from '../../../documents/report-document.js';
import { countOf, formatCount } from '../../../terminal/format.js';
import { intervalChart } from '../charts/interval-chart.js';
import type { Charts } from '../charts/load-charts.js';
import { html, type Html } from '../html.js';
import { tableOf } from '../words.js';

/** What was estimated, how far it may be off, and what is known of how often such intervals hold. Null where nothing was. */
export function estimatesChapter({ estimates }: ReportJson, charts: Charts): Html | null {
  if (estimates === null) return null;
  const { estimator, events, ensemble, backtest } = estimates;
  return html`
<p class="lead">${countOf(events, 'event')} of this run ${events === 1 ? 'is' : 'are'} estimated (${estimator}). Estimated values are never called exact.</p>
${ensemble === null ? html`<p>How far they may be off is not known.</p>` : html`
<p>${countOf(ensemble.members, 'possibility', 'possibilities')} were drawn from ${countOf(ensemble.donors, 'stretch', 'stretches')} of the history (seed ${ensemble.seed}); the states of this run are those of one of them.</p>
${intervalChart(ensemble.sums, charts)}
${tableOf(
    'What the measures come to over all keys',
    [{ title: 'Measure' }, { title: 'Estimate', isNumber: true }, { title: 'From', isNumber: true }, { title: 'To', isNumber: true }, { title: 'Level', isNumber: true }],
    ensemble.sums.map(({ measure, estimate, low, high, level }) => [measure, rounded(estimate, high - low), rounded(low, high - low), rounded(high, high - low), `${Math.round(level * 100)} %`]),
  )}`}
<p class="quiet">${backtest ?? 'How often such intervals held on the history is not kept with the plan: their level is what they aim at, not what was measured.'}</p>`;
}

/** As many decimals as tell the ends of an interval apart. */
function rounded(value: number, width: number): string {
  if (!(width > 0)) return formatCount(value);
  const digits = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(width))));
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}
