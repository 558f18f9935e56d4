import type { ComparedSide, ReportJson } from '../../../documents/report-document.js';
import { formatCount, formatDuration } from '../../../terminal/format.js';
import { markup, type Content, type Html } from '../html.js';
import { tableOf, type Column } from '../words.js';

type Comparison = NonNullable<ReportJson['comparison']>;

/** The same incident by every strategy, and by doing nothing. Null where nobody compared. */
export function comparisonChapter({ comparison }: ReportJson): Html | null {
  if (comparison === null) return null;
  const { reference, isTruth, doubt, sides, refused, heldOut } = comparison;
  return markup`
${doubt === null ? null : markup`<div class="notice" role="note"><p>But first: ${doubt}</p></div>`}
<p class="lead">${reference}.</p>
${alarm(comparison)}
${sideTable('Strategies side by side', sides, isTruth)}
${measureTable(sides)}
${refusals(refused)}
${heldOut.map((of) => markup`<h3>Held out: ${of.name}</h3><p class="quiet">A healthy stretch of ${formatCount(of.keys)} keys was hidden as the incident is, recovered, and held against what really was.</p>${sideTable(`Strategies on ${of.name}`, of.sides, true)}${measureTable(of.sides)}${refusals(of.refused)}`)}`;
}

function alarm({ sides, isTruth }: Comparison): Html | null {
  const wrong = sides.filter(({ otherExact }) => isTruth && (otherExact ?? 0) > 0);
  if (wrong.length === 0) return null;
  return markup`<div class="notice bad" role="note"><p>Wrong, and called exact: ${wrong.map(({ name, otherExact }) => `${formatCount(otherExact ?? 0)} keys of ${name}`).join(', ')}.</p></div>`;
}

function sideTable(caption: string, sides: readonly ComparedSide[], isTruth: boolean): Html {
  const number = (title: string): Column => ({ title, isNumber: true });
  const count = (of: number | null): Content => (of === null ? '–' : of);
  return tableOf(
    caption,
    [
      { title: 'Strategy' },
      { title: 'Verdict' },
      ...['Keys', 'Exact', 'External', 'Estimated', 'Unproven', 'Incomplete'].map(number),
      ...(isTruth ? ['Right', 'Wrong'] : ['Same', 'Other']).map(number),
      ...['Events lost', 'Took'].map(number),
    ],
    sides.map((of) => {
      const { name, isThisRun, verdict, keys, fidelity, same, other, lost, tookMs } = of;
      const words = (...wanted: (keyof NonNullable<ComparedSide['fidelity']>)[]): Content =>
        fidelity === null ? '–' : wanted.reduce((sum, word) => sum + (fidelity[word] ?? 0), 0);
      return [
        `${name}${isThisRun ? ', this run' : ''}`,
        verdict ?? 'nothing done',
        keys,
        words('exact', 'declared'),
        words('external'),
        words('interpolated', 'extrapolated'),
        words('unproven'),
        words('incomplete'),
        count(same),
        count(other),
        count(lost),
        tookMs === null ? '–' : formatDuration(tookMs),
      ];
    }),
  );
}

function measureTable(sides: readonly ComparedSide[]): Html | null {
  const order = [...new Set(sides.flatMap(({ measures }) => measures.map(({ measure }) => measure)))];
  const byMeasure = order.flatMap((wanted) =>
    sides.map(({ name, measures }) => ({ name, measures: measures.filter(({ measure }) => measure === wanted) })),
  );
  const rows = byMeasure.flatMap(({ name, measures }) =>
    measures.map(({ measure, sum, off, interval }): readonly Content[] => [
      measure,
      name,
      sum === null ? 'no number' : formatCount(sum),
      off === null ? '–' : formatCount(off),
      interval === null
        ? '–'
        : `${Math.round(interval.level * 100)} %: ${formatCount(interval.low)} to ${formatCount(interval.high)}${interval.holds === null ? '' : interval.holds ? ', holds' : ', missed'}`,
    ]),
  );
  if (rows.length === 0) return null;
  return tableOf(
    'What the measures come to',
    [
      { title: 'Measure' },
      { title: 'Strategy' },
      { title: 'Comes to', isNumber: true },
      { title: 'Off by', isNumber: true },
      { title: 'Interval' },
    ],
    rows,
  );
}

function refusals(refused: Comparison['refused']): Html | null {
  if (refused.length === 0) return null;
  return markup`<ul>${refused.map(({ strategy, reason }) => markup`<li>${strategy} refused: ${reason}</li>`)}</ul>`;
}
