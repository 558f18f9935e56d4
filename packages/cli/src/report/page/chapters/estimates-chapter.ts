import type { ReportJson } from '../../../documents/report-document.js';
import { countOf, formatCount } from '../../../terminal/format.js';
import { ensembleChart, ensembleLegend } from '../charts/ensemble-chart.js';
import { intervalChart } from '../charts/interval-chart.js';
import type { Charts } from '../../../charts/load-charts.js';
import { markup, nothing, type Html } from '../html.js';
import { more, tableOf, when } from '../words.js';
import { sumsOfCopies } from './sums-of-copies.js';

type Estimates = NonNullable<ReportJson['estimates']>;
type Ensemble = NonNullable<Estimates['ensemble']>;
type Basis = NonNullable<Ensemble['basis']>;
type Measure = Basis['measures'][number];

/** What was estimated, how far it may be off, and what is known of how often such intervals hold. Null where nothing was. */
export function estimatesChapter({ estimates, sums: ofCopies }: ReportJson, charts: Charts): Html | null {
  if (estimates === null) return ofCopies === undefined ? null : sumsOfCopies(ofCopies, charts);
  const { estimator, events, ensemble } = estimates;
  const lead = markup`<p class="lead">${countOf(events, 'event')} of this run ${events === 1 ? 'is' : 'are'} estimated (${estimator}). Estimated values are never called exact.</p>`;
  if (ensemble === null) return markup`${lead}<p>How far they may be off is not known.</p>`;
  const { members, donors, seed, sums, basis } = ensemble;
  return markup`
${lead}
${sumTable(sums, basis)}
${basis === null || basis.measures.every(({ path }) => path.length < 2) ? intervalChart(sums, charts) : pictures(basis, sums, charts)}
<h3>How it was estimated</h3>
<p>${methodText(basis)} ${countOf(members, 'possibility', 'possibilities')} came of ${countOf(donors, 'stretch', 'stretches')} (seed ${seed}); the worker ran over each, and through all known events behind it. The states of this run are those of the one that is nearest to the estimates, so that they belong together.</p>
${basis === null ? null : basisDetail(basis)}
<p>${heldOutText(estimates)}</p>`;
}

function sumTable(sums: Ensemble['sums'], basis: Basis | null): Html {
  const leftOut = new Map((basis?.measures ?? []).map((of) => [of.measure, of.leftOut]));
  return tableOf(
    'What the measures come to over all keys',
    [
      { title: 'Measure' },
      { title: 'Estimate', isNumber: true },
      { title: 'From', isNumber: true },
      { title: 'To', isNumber: true },
      { title: 'Level', isNumber: true },
      ...(basis === null ? [] : [{ title: 'Error in the backtest', isNumber: true }]),
    ],
    sums.map(({ measure, estimate, low, high, level }) => {
      const error = leftOut.get(measure) ?? null;
      return [
        measure,
        ...[estimate, low, high].map((value) => rounded(value, high - low)),
        `${Math.round(level * 100)} %`,
        ...(basis === null ? [] : [error === null ? '–' : rounded(error.meanError, error.meanError)]),
      ];
    }),
  );
}

/** A picture for each measure that what is lost makes uncertain; of the others a sentence. */
function pictures({ gaps, measures }: Basis, sums: Ensemble['sums'], charts: Charts): Html {
  const isSure = ({ measure }: Measure): boolean => sums.some((sum) => sum.measure === measure && sum.low === sum.high);
  const drawn = measures.filter((of) => of.path.length > 1 && !isSure(of));
  const sure = measures.filter(isSure).map(({ measure }) => measure);
  const span = { from: Math.min(...gaps.map(({ from }) => from)), to: Math.max(...gaps.map(({ to }) => to)) };
  return markup`${drawn.map((of) => markup`<figure><figcaption><strong>${of.measure}</strong>, over all keys</figcaption>${ensembleChart(of, span, charts)}</figure>`)}
${drawn.length === 0 ? null : ensembleLegend(drawn)}
${drawn.map(keyTable)}
${sure.length === 0 ? null : markup`<p class="quiet">The same in all possibilities: ${sure.join(', ')}.</p>`}`;
}

function keyTable({ measure, keys, keysInAll, levels }: Measure): Html {
  const at = levels.indexOf(0.9) < 0 ? levels.length - 1 : levels.indexOf(0.9);
  const level = levels[at];
  if (keys.length === 0 || level === undefined) return nothing;
  const widest = keys.filter(({ chosenAs }) => chosenAs === 'widest').length;
  const title = `${measure} of single keys: ${keys.length === keysInAll ? `all ${formatCount(keysInAll)}` : `the ${widest} least certain and a sample, of ${formatCount(keysInAll)}`}`;
  return more(
    title,
    tableOf(
      title,
      [
        { title: 'Key' },
        { title: 'Estimate', isNumber: true },
        { title: `From (${Math.round(level * 100)} %)`, isNumber: true },
        { title: 'To', isNumber: true },
      ],
      keys.map(({ key, estimate, low, high }) => {
        const width = (high[at] ?? 0) - (low[at] ?? 0);
        return [
          markup`<bdi>${key}</bdi>`,
          ...[estimate, low[at] ?? 0, high[at] ?? 0].map((value) => rounded(value, width)),
        ];
      }),
    ),
  );
}

const phases: Readonly<Record<Basis['gaps'][number]['phase'], string>> = {
  week: 'the same hours of the week',
  day: 'the same hours of the day',
  any: 'any hours, since too few of the same are known',
};

function methodText(basis: Basis | null): string {
  const [first] = basis?.gaps ?? [];
  if (basis === null || first === undefined)
    return 'Whole stretches of the history were put in the place of what is lost.';
  return `Whole stretches of the history, of ${phases[first.phase]}, were put in the place of what is lost: as many events as offsets are missing.`;
}

function basisDetail({ history, gaps, gapsInAll, drawn, failed }: Basis): Html {
  const refused =
    failed === 0
      ? 'The worker refused none of the events that were drawn.'
      : `The worker refused ${formatCount(failed)} of the ${countOf(drawn, 'event')} that were drawn.`;
  return markup`<p class="quiet">History: ${when(history.from)} to ${when(history.to)}. ${refused}</p>
${more(
  `The ${countOf(gapsInAll, 'gap')}, and what stands in for ${gapsInAll === 1 ? 'it' : 'them'}`,
  tableOf(
    gaps.length < gapsInAll
      ? `The first ${gaps.length} of ${formatCount(gapsInAll)} gaps`
      : 'When what is lost must have happened',
    [
      { title: 'Partition' },
      { title: 'Events', isNumber: true },
      { title: 'After' },
      { title: 'Before' },
      { title: 'Stretches', isNumber: true },
      { title: 'Fidelity' },
    ],
    gaps.map(({ topic, partition, events, from, to, isBounded, donors }) => [
      `${topic}[${partition}]`,
      events,
      when(from),
      when(to),
      donors,
      isBounded ? 'interpolated' : 'extrapolated',
    ]),
  ),
)}`;
}

/** What was measured of how often such intervals hold, as opposed to what they aim at. */
export function heldOutText({ ensemble, heldOut }: Estimates): string {
  const left = ensemble?.basis?.measures.find(({ leftOut }) => leftOut !== null)?.leftOut;
  const backtest =
    left == null
      ? ''
      : `Backtest: each of the ${countOf(left.stretches, 'stretch', 'stretches')} was taken for what is lost and estimated from the others; its mean error stands with each measure. `;
  if (heldOut === null)
    return `${backtest}How often intervals hold was not measured: their level is what they aim at. A drill on healthy data measures it: eventmend drill.`;
  const { stretches, level, intervals, held } = heldOut;
  return `${backtest}Coverage: of ${countOf(stretches, 'healthy stretch', 'healthy stretches')} that ${stretches === 1 ? 'was' : 'were'} hidden and estimated in the same way, intervals of ${Math.round(level * 100)} % held in ${formatCount(held)} of ${formatCount(intervals)}.`;
}

/** As many decimals as tell the ends of an interval apart. */
function rounded(value: number, width: number): string {
  if (!(width > 0)) return formatCount(value);
  const digits = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(width))));
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}
