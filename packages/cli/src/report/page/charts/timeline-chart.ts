import type { ReportJson, ReportSegment } from '../../../documents/report-document.js';
import { countOf, formatCount } from '../../../terminal/format.js';
import { cutText } from '../../../terminal/text-width.js';
import { timeTicks } from '../../../charts/time-ticks.js';
import { markup, nothing, visibleText, type Html } from '../html.js';
import type { Charts } from '../../../charts/load-charts.js';

type Timeline = ReportJson['timeline'];

/** So many partitions are drawn; those that lack events come first where there are more. */
const mostRows = 32;
const snapshotRow = 'snapshots';
/** So much of the picture lies in front of what is read, for snapshots that are older. */
const mostAhead = 0.25;

interface Bar {
  readonly row: string;
  readonly from: Date;
  readonly to: Date;
  readonly look: Look;
}

type Look = 'held' | 'external' | 'estimate' | 'gone' | 'stood-in' | 'declared';

/** Partitions over time: what was read, what is gone, snapshots, the window of the incident and deploys. */
export function timelineChart(timeline: Timeline, charts: Charts): Html {
  const bars = barsOf(timeline.segments);
  if (timesOf(timeline, bars).length < 2) {
    return markup`<p class="quiet">When the events happened is not known: the log cannot be read any more, or gives no times. The ranges stand below.</p>`;
  }
  const label = labelOf(timeline, bars);
  const wide = draw(timeline, bars, charts, { width: 940, label });
  const narrow = draw(timeline, bars, charts, { width: 380, label });
  const older = timeline.snapshots.filter(({ takenAt }) => takenAt !== null && takenAt < firstShown(timeline, bars));
  return markup`<figure><div class="wide-only">${wide}</div><div class="narrow-only">${narrow}</div>${older.length === 0 ? null : markup`<figcaption>${countOf(older.length, 'older snapshot')} ${older.length === 1 ? 'stands' : 'stand'} in the table only.</figcaption>`}</figure>`;
}

function draw(
  timeline: Timeline,
  bars: readonly Bar[],
  { plot, draw: drawPlot }: Charts,
  { width, label }: { readonly width: number; readonly label: string },
): Html {
  const { onset, end, deploys, snapshots } = timeline;
  const rows = [...new Set(bars.map(({ row }) => row))];
  const dated = snapshots.flatMap(({ takenAt, ...of }) => (takenAt === null ? [] : [{ ...of, at: new Date(takenAt) }]));
  const first = firstShown(timeline, bars);
  const last = Math.max(...timesOf(timeline, bars));
  const isSeen = (time: number): boolean => time >= first && time <= last;
  const taken = dated.filter(({ at }) => isSeen(at.getTime()));
  const shownDeploys = deploys
    .filter(({ at }) => isSeen(at))
    .map(({ at, name }) => ({ at: new Date(at), name: cutText(visibleText(name), 24) }));
  const window =
    onset === null || onset > last
      ? []
      : [{ from: new Date(Math.max(onset, first)), to: new Date(Math.min(end ?? last, last)) }];
  const solid = (look: Look) => bars.filter((bar) => bar.look === look);
  const isProven = ({ finding }: { readonly finding: string }): boolean =>
    finding === 'proven' || finding === 'declared';
  const at = { x1: 'from', x2: 'to', y: 'row', insetTop: 1, insetBottom: 1 } as const;
  const ticks = width < 500 ? 3 : 8;
  const domain = [...(taken.length === 0 ? [] : [snapshotRow]), ...rows];
  return drawPlot(
    {
      width,
      height: 58 + domain.length * 22,
      marginLeft: Math.min(130, 20 + 6.6 * Math.max(...domain.map((row) => row.length))),
      marginRight: 16,
      marginTop: shownDeploys.length > 0 ? 26 : 12,
      marginBottom: 34,
      x: {
        type: 'utc',
        domain: [new Date(first), new Date(last)],
        label: null,
        ticks,
        tickFormat: timeTicks(last - first),
      },
      y: { domain, label: null, tickSize: 0, padding: 0.25 },
      marks: [
        plot.rectX(window, { x1: 'from', x2: 'to', fill: 'var(--window)', fillOpacity: 0.6 }),
        plot.gridX({ stroke: 'var(--soft)', strokeOpacity: 1, ticks }),
        plot.barX(solid('held'), { ...at, fill: 'var(--held)' }),
        plot.barX(solid('external'), { ...at, fill: 'var(--external)' }),
        plot.barX(solid('estimate'), { ...at, fill: 'var(--estimate)' }),
        plot.barX(solid('declared'), { ...at, fill: 'var(--declared)' }),
        plot.barX(solid('gone'), {
          ...at,
          fill: 'var(--back)',
          stroke: 'var(--gone)',
          strokeWidth: 1.4,
          strokeDasharray: '4 2.5',
        }),
        plot.barX(solid('stood-in'), {
          ...at,
          fill: 'var(--back)',
          stroke: 'var(--external)',
          strokeWidth: 1.4,
          strokeDasharray: '4 2.5',
        }),
        plot.dot(taken.filter(isProven), {
          x: 'at',
          y: () => snapshotRow,
          symbol: 'circle',
          r: 5,
          fill: 'var(--good)',
          stroke: 'var(--good)',
        }),
        plot.dot(
          taken.filter(({ finding }) => finding === 'differs'),
          { x: 'at', y: () => snapshotRow, symbol: 'times', r: 5, stroke: 'var(--gone)', strokeWidth: 2.2 },
        ),
        plot.dot(
          taken.filter((of) => !isProven(of) && of.finding !== 'differs'),
          {
            x: 'at',
            y: () => snapshotRow,
            symbol: 'circle',
            r: 4.5,
            fill: 'var(--back)',
            stroke: 'var(--quiet)',
            strokeWidth: 1.6,
          },
        ),
        plot.tickX(
          taken.filter(({ isBaseline }) => isBaseline),
          { x: 'at', y: () => snapshotRow, stroke: 'var(--text)', strokeWidth: 1.5, insetTop: -2, insetBottom: -2 },
        ),
        plot.ruleX(shownDeploys, { x: 'at', stroke: 'var(--text)', strokeDasharray: '1 3' }),
        plot.text(shownDeploys, { x: 'at', text: 'name', frameAnchor: 'top', dy: -16, textAnchor: 'start', dx: 2 }),
      ],
    },
    label,
  );
}

function timesOf({ snapshots }: Timeline, bars: readonly Bar[]): readonly number[] {
  return [
    ...bars.flatMap(({ from, to }) => [from.getTime(), to.getTime()]),
    ...snapshots.flatMap(({ takenAt }) => (takenAt === null ? [] : [takenAt])),
  ];
}

/** What is read fills the picture; snapshots from long before stand in the table alone. */
function firstShown(timeline: Timeline, bars: readonly Bar[]): number {
  const times = timesOf(timeline, bars);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  if (bars.length === 0) return first;
  const read = Math.min(...bars.map(({ from }) => from.getTime()));
  return Math.max(first, read - (last - read) * mostAhead);
}

function barsOf(segments: readonly ReportSegment[]): readonly Bar[] {
  const timed = segments.filter(({ first, last }) => first !== null && last !== null && first <= last);
  const lacking = new Set(segments.filter(({ state }) => state !== 'held').map(({ row }) => row));
  const rows = [...new Set(timed.map(({ row }) => row))].toSorted(
    (a, b) => Number(lacking.has(b)) - Number(lacking.has(a)),
  );
  const isDrawn = new Set(rows.slice(0, mostRows));
  return timed
    .filter(({ row }) => rows.length <= mostRows || isDrawn.has(row))
    .map((of) => ({
      row: cutText(visibleText(of.row), 18),
      from: new Date(of.first ?? 0),
      to: new Date(of.last ?? 0),
      look: lookOf(of),
    }));
}

function lookOf({ state, as }: ReportSegment): Look {
  if (state === 'damaged') return 'gone';
  if (state !== 'held') return state;
  return as === 'log' || as === 'archive' ? 'held' : as === 'estimate' ? 'estimate' : 'external';
}

function labelOf({ snapshots, onset }: Timeline, bars: readonly Bar[]): string {
  const count = (look: Look): number => bars.filter((bar) => bar.look === look).length;
  const proven = snapshots.filter(({ finding }) => finding === 'proven').length;
  const differing = snapshots.filter(({ finding }) => finding === 'differs').length;
  return (
    `Timeline of ${countOf(new Set(bars.map(({ row }) => row)).size, 'partition')}: ${countOf(count('held'), 'range')} read from the log, ` +
    `${formatCount(count('gone') + count('stood-in'))} that no log holds; ${countOf(snapshots.length, 'snapshot')}, ${formatCount(proven)} proven and ${formatCount(differing)} differing` +
    (onset === null ? '.' : '; the window of the incident is shaded.') +
    ' The tables below hold the same.'
  );
}

/** What the colours and shapes mean: only those that are there. */
export function legendOfTimeline({ segments, snapshots, onset }: Timeline): Html {
  const looks = new Set(segments.map(lookOf));
  const finds = new Set(snapshots.map(({ finding }) => finding));
  const box = (fill: string, stroke: string | null = null): Html =>
    markup`<svg viewBox="0 0 22 14" aria-hidden="true"><rect x="1" y="1" width="20" height="12" rx="1" fill="${fill}"${stroke === null ? null : markup` stroke="${stroke}" stroke-width="2" stroke-dasharray="4 2.5"`}/></svg>`;
  const entries = [
    looks.has('held') && markup`${box('var(--held)')}events read from log or archive`,
    looks.has('external') && markup`${box('var(--external)')}rows or facts of other systems`,
    looks.has('estimate') && markup`${box('var(--estimate)')}estimated events`,
    looks.has('gone') && markup`${box('none', 'var(--gone)')}held by nothing, or unreadable`,
    looks.has('stood-in') && markup`${box('none', 'var(--external)')}gone, but other systems have all of it`,
    looks.has('declared') && markup`${box('var(--declared)')}declared to hold no event`,
    onset !== null && markup`${box('var(--window)')}the error was at work`,
    (finds.has('proven') || finds.has('declared')) &&
      markup`<svg viewBox="0 0 22 14" aria-hidden="true"><circle cx="11" cy="7" r="5" fill="var(--good)"/></svg>snapshot proven or declared`,
    finds.has('differs') &&
      markup`<svg viewBox="0 0 22 14" aria-hidden="true"><path d="M6 2l10 10M16 2L6 12" stroke="var(--gone)" stroke-width="2.4"/></svg>snapshot that differs`,
    [...finds].some((of) => !['proven', 'declared', 'differs'].includes(of)) &&
      markup`<svg viewBox="0 0 22 14" aria-hidden="true"><circle cx="11" cy="7" r="5" fill="none" stroke="var(--quiet)" stroke-width="2"/></svg>not determined`,
    snapshots.some(({ isBaseline }) => isBaseline) &&
      markup`<svg viewBox="0 0 22 14" aria-hidden="true"><path d="M11 0v14" stroke="var(--text)" stroke-width="2"/></svg>where the run begins`,
  ].filter((entry): entry is Html => entry !== false);
  return entries.length === 0
    ? nothing
    : markup`<ul class="legend">${entries.map((entry) => markup`<li>${entry}</li>`)}</ul>`;
}
