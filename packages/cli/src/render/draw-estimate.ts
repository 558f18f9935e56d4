import type { GapEstimate, Series } from '@eventmend/estimation';
import { fanChart, type Fan, type FanPoint } from '../charts/fan-chart.js';
import type { Charts } from '../charts/load-charts.js';
import { escapeText } from '../report/page/html.js';
import { describeChoice, describeCoverage } from './describe-estimate.js';
import { describeRefusal } from './describe-refusal.js';
import { formatLocal } from './format-local.js';
import { describeData, type EstimateSubject } from './render-estimate.js';
import { roundAs } from './round-estimate.js';

const width = 860;
const chart = { top: 58, width: 852, height: 286 };
const textLeft = 68;
const notesTop = 362;
const lineHeight = 17;
const bandLevel = 0.9;

/** History, gap and estimate with its 90 % bands as one SVG file, for light and for dark backgrounds. */
export function drawEstimate(series: Series, result: GapEstimate, subject: EstimateSubject, charts: Charts): string {
  const isEstimated = result.status === 'estimated';
  const title = `${subject.name}: ${isEstimated ? headline(result) : 'no estimate'}`;
  const notes = [
    ...(isEstimated
      ? [describeChoice(result.method, result.backtest), describeCoverage(result.backtest)]
      : [describeRefusal(result.reason)]),
    describeData(result.data, subject),
  ];
  const lines = notes.flatMap((note) => wrapped(note));
  const height = notesTop + lines.length * lineHeight;
  const slots = stretchAround(series, result);
  const picture = fanChart(
    fanOf(slots, result),
    {
      ...{ width: chart.width, height: chart.height, label: title },
      ticks: slots.filter((_, slot) => slot % Math.ceil(slots.length / 6) === 0).map(({ from }) => new Date(from)),
      tickFormat: (time) => formatLocal(time.getTime(), subject.zone, subject.step),
    },
    charts,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="12">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(notes.join('. '))}</desc>
<style>
  svg { --back: #ffffff; --text: #1b2230; --quiet: #566074; --soft: #e8ebf0; --held: #3b78b8; --estimate: #d98a1f; --window: #f0d9a8; }
  @media (prefers-color-scheme: dark) {
    svg { --back: #11151c; --text: #e6e9ef; --quiet: #a2abbb; --soft: #252c38; --held: #5f9ad6; --estimate: #e7a648; --window: #4a3b17; }
  }
  .plot { font-family: inherit; overflow: visible; color: var(--quiet); } text, .plot text { fill: var(--quiet); white-space: pre; } .title { fill: var(--text); }
</style>
<rect fill="var(--back)" width="${width}" height="${height}"/>
<text class="title" x="${textLeft}" y="26" font-size="16" font-weight="600">${escaped(title)}</text>
<text x="${textLeft}" y="46">${escaped(rangeOf(result, subject))}</text>
${legend(isEstimated)}
<svg y="${chart.top}" width="${chart.width}" height="${chart.height}" viewBox="0 0 ${chart.width} ${chart.height}">${picture.html}</svg>
${lines
  .map((line, row) => `<text x="${textLeft}" y="${notesTop + row * lineHeight}">${escaped(line)}</text>`)
  .join('\n')}
</svg>
`;
}

interface ShownSlot {
  readonly from: number;
  readonly to: number;
  /** NaN where it is missing. */
  readonly value: number;
}

/** Three times the gap and three seasons on each side at most, of what there is. */
function stretchAround({ edges, values, season }: Series, { data }: GapEstimate): readonly ShownSlot[] {
  const around = Math.max(3 * data.slots, Math.min(3 * season, 336));
  const slots: ShownSlot[] = [];
  const begin = values.findIndex((_, slot) => edges[slot + 1]! > data.from);
  const first = begin < 0 ? values.length : begin;
  for (let slot = Math.max(0, first - around); slot < Math.min(values.length, first + data.slots + around); slot++) {
    const isInGap = edges[slot]! >= data.from && edges[slot]! < data.to;
    slots.push({ from: edges[slot]!, to: edges[slot + 1]!, value: isInGap ? NaN : values[slot]! });
  }
  if (slots.length === 0 || slots.at(-1)!.to < data.to) slots.push({ from: data.from, to: data.to, value: NaN });
  return slots;
}

function fanOf(slots: readonly ShownSlot[], result: GapEstimate): Fan {
  const path = result.status === 'estimated' ? result.path : [];
  const bands = path.flatMap(({ from, to, low, high }) => [
    { at: from, low, high },
    { at: to, low, high },
  ]);
  return {
    gap: { from: result.data.from, to: result.data.to },
    known: stepsOf(slots),
    estimate: stepsOf(path.map(({ from, to, estimate }) => ({ from, to, value: estimate }))),
    bands: path.length === 0 ? [] : [{ level: bandLevel, points: bands }],
    shape: 'steps',
    fromZero: true,
  };
}

/** Beginning and end of each slot: a value belongs to all of it. */
function stepsOf(slots: readonly ShownSlot[]): readonly FanPoint[] {
  return slots.flatMap(({ from, to, value }) => [
    { at: from, value },
    { at: to, value },
  ]);
}

function legend(isEstimated: boolean): string {
  const entries = [
    ['known', 'var(--held)'],
    ...(isEstimated ? [['estimate, and where 90 % lie', 'var(--estimate)']] : []),
  ];
  return entries
    .map(([name = '', colour = ''], index) => {
      const left = width - 310 + index * 80;
      return `<line stroke="${colour}" stroke-width="2" x1="${left}" x2="${left + 18}" y1="42" y2="42"/><text x="${left + 24}" y="46">${name}</text>`;
    })
    .join('\n');
}

function headline({ estimate, intervals }: Extract<GapEstimate, { readonly status: 'estimated' }>): string {
  const { low = NaN, high = NaN } = intervals.find(({ level }) => level === bandLevel) ?? {};
  const half = Number.isFinite(high) ? (high - low) / 2 : 0;
  const range = Number.isFinite(high) ? ` (90 %: ${roundAs(low, half)} to ${roundAs(high, half)})` : '';
  return `${roundAs(estimate, half / 10)}${range}`;
}

function rangeOf({ data, status, ...rest }: GapEstimate, { zone, step }: EstimateSubject): string {
  const range = `${formatLocal(data.from, zone, step)} to ${formatLocal(step === 'hour' ? data.to : data.to - 1, zone, step)}, ${zone}`;
  return status === 'estimated' && 'fidelity' in rest ? `${rest.fidelity}, ${range}` : range;
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length > 112) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** Texts come from files of others; those that no XML may hold are shown as escapes, but for the few that even those leave. */
function escaped(text: string): string {
  return escapeText(text).replace(/[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '');
}
