import type { GapEstimate, PathSlot, Series } from '@eventmend/estimation';
import { formatCount } from '../terminal/format.js';
import { describeChoice, describeCoverage } from './describe-estimate.js';
import { describeRefusal } from './describe-refusal.js';
import { formatLocal } from './format-local.js';
import type { EstimateSubject } from './render-estimate.js';
import { roundAs } from './round-estimate.js';

const size = { width: 860, height: 400 };
const plot = { left: 76, right: 840, top: 70, bottom: 318 };

/** History, gap and estimate with its 90 % bands as one SVG file, for light and for dark backgrounds. */
export function drawEstimate(series: Series, result: GapEstimate, subject: EstimateSubject): string {
  const shown = stretchAround(series, result);
  const path = result.status === 'estimated' ? result.path : [];
  const scale = scaleFor(shown, path);
  const title = result.status === 'estimated' ? `${subject.name}: ${headline(result)}` : `${subject.name}: no estimate`;
  const notes =
    result.status === 'estimated'
      ? [describeChoice(result.method, result.backtest), describeCoverage(result.backtest)]
      : [describeRefusal(result.reason)];
  const gap = { x: scale.x(result.data.from), width: scale.x(result.data.to) - scale.x(result.data.from) };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="12">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(notes.join('. '))}</desc>
<style>
  .back { fill: #ffffff; } .text { fill: #1f2328; } .quiet { fill: #59636e; } .grid { stroke: #d1d9e0; }
  .known { stroke: #0969da; fill: none; } .gap { fill: #818b98; fill-opacity: 0.14; }
  .band { fill: #bc4c00; fill-opacity: 0.22; } .estimate { stroke: #bc4c00; fill: none; }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117; } .text { fill: #f0f6fc; } .quiet { fill: #9198a1; } .grid { stroke: #3d444d; }
    .known { stroke: #58a6ff; } .band { fill: #ffa657; } .estimate { stroke: #ffa657; }
  }
</style>
<rect class="back" width="${size.width}" height="${size.height}"/>
<text class="text" x="${plot.left}" y="28" font-size="16" font-weight="600">${escaped(title)}</text>
<text class="quiet" x="${plot.left}" y="48">${escaped(rangeOf(result, subject))}</text>
<rect class="gap" x="${at(gap.x)}" y="${plot.top}" width="${at(gap.width)}" height="${plot.bottom - plot.top}"/>
${gridLines(scale)}
${timeLabels(shown, scale, subject)}
${path.length === 0 ? '' : `<path class="band" d="${bandOf(path, scale)}"/>`}
${runsOf(shown)
  .map((run) => `<path class="known" stroke-width="1.5" d="${lineOf(run, scale)}"/>`)
  .join('\n')}
${
  path.length === 0
    ? ''
    : `<path class="estimate" stroke-width="2" d="${lineOf(
        path.map(({ from, to, estimate }) => ({ from, to, value: estimate })),
        scale,
      )}"/>`
}
${legend(path.length > 0)}
${notes
  .flatMap((note) => wrapped(note))
  .slice(0, 3)
  .map((line, row) => `<text class="quiet" x="${plot.left}" y="${352 + row * 16}">${escaped(line)}</text>`)
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

interface Scale {
  readonly x: (time: number) => number;
  readonly y: (value: number) => number;
  readonly ticks: readonly number[];
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

function scaleFor(shown: readonly ShownSlot[], path: readonly PathSlot[]): Scale {
  const known = [
    ...shown.map(({ value }) => value),
    ...path.flatMap(({ low, high, estimate }) => [low, high, estimate]),
  ];
  const finite = known.filter(Number.isFinite);
  const [least, most] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  const span = most > least ? most - least : 1;
  const unit = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((of) => span / of <= 5) ?? 10 * unit;
  const bottom = Math.floor(least / step) * step;
  const top = Math.max(bottom + step, Math.ceil(most / step) * step);
  const [begin, end] = [shown[0]!.from, shown.at(-1)!.to];
  return {
    x: (time) => plot.left + ((time - begin) / (end - begin)) * (plot.right - plot.left),
    y: (value) => {
      const bounded = Math.min(top, Math.max(bottom, value));
      return plot.bottom - ((bounded - bottom) / (top - bottom)) * (plot.bottom - plot.top);
    },
    ticks: Array.from({ length: Math.round((top - bottom) / step) + 1 }, (_, tick) => bottom + tick * step),
  };
}

function gridLines({ ticks, y }: Scale): string {
  return ticks
    .map(
      (tick) =>
        `<line class="grid" x1="${plot.left}" x2="${plot.right}" y1="${at(y(tick))}" y2="${at(y(tick))}"/>` +
        `<text class="quiet" x="${plot.left - 8}" y="${at(y(tick) + 4)}" text-anchor="end">${escaped(formatCount(tick))}</text>`,
    )
    .join('\n');
}

function timeLabels(shown: readonly ShownSlot[], { x }: Scale, { zone, step }: EstimateSubject): string {
  const wanted = step === 'hour' ? 5 : 7;
  const each = Math.max(1, Math.ceil(shown.length / wanted));
  return shown
    .filter(({ from }, slot) => slot % each === 0 && x(from) < plot.right - 60)
    .map(
      ({ from }) =>
        `<text class="quiet" x="${at(x(from))}" y="${plot.bottom + 16}">${escaped(formatLocal(from, zone, step))}</text>`,
    )
    .join('\n');
}

/** Known slots that follow on each other. */
function runsOf(shown: readonly ShownSlot[]): readonly (readonly ShownSlot[])[] {
  const runs: ShownSlot[][] = [[]];
  for (const slot of shown) {
    if (Number.isNaN(slot.value)) runs.push([]);
    else runs.at(-1)!.push(slot);
  }
  return runs.filter((run) => run.length > 0);
}

/** A step for each slot: a value belongs to all of it. */
function lineOf(slots: readonly ShownSlot[], { x, y }: Scale): string {
  return slots
    .map(({ from, to, value }, index) => `${index === 0 ? 'M' : 'L'}${at(x(from))} ${at(y(value))}H${at(x(to))}`)
    .join('');
}

function bandOf(path: readonly PathSlot[], { x, y }: Scale): string {
  const above = path.map(
    ({ from, to, high }, index) => `${index === 0 ? 'M' : 'L'}${at(x(from))} ${at(y(high))}H${at(x(to))}`,
  );
  const below = path.toReversed().map(({ from, to, low }) => `L${at(x(to))} ${at(y(low))}H${at(x(from))}`);
  return `${above.join('')}${below.join('')}Z`;
}

function legend(isEstimated: boolean): string {
  const entries = isEstimated ? ['known', 'estimate'] : ['known'];
  const words = { known: 'known', estimate: 'estimate, and where 90 % lie' } as Record<string, string>;
  return entries
    .map((name, index) => {
      const left = plot.right - 300 + index * 80;
      return `<line class="${name}" stroke-width="2" x1="${left}" x2="${left + 18}" y1="44" y2="44"/><text class="quiet" x="${left + 24}" y="48">${words[name] ?? ''}</text>`;
    })
    .join('\n');
}

function headline({ estimate, intervals }: Extract<GapEstimate, { readonly status: 'estimated' }>): string {
  const { low = NaN, high = NaN } = intervals.find(({ level }) => level === 0.9) ?? {};
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
    if (last === undefined || last.length + word.length > 120) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Texts come from files of others. Characters that no XML may hold are left out. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\x20-\ud7ff\ue000-\ufffd]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
