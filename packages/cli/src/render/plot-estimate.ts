import type { Estimated, Series } from '@eventmend/estimation';
import { formatCount } from '../terminal/format.js';
import { paint, symbol, type TerminalStyle } from '../terminal/terminal-style.js';
import { padText } from '../terminal/text-width.js';

const rows = 7;

/** Columns of a bar each: what is known around a gap, and the estimate in it. Several slots share a column where they must. */
export function plotEstimate(series: Series, result: Estimated, style: TerminalStyle): string[] {
  const bars = barsAround(series, result, Math.min(style.columns, 80) - 14);
  const top = Math.max(...bars.map(({ value }) => (Number.isNaN(value) ? 0 : value)));
  const bottom = Math.min(0, ...bars.map(({ value }) => (Number.isNaN(value) ? 0 : value)));
  if (!(top > bottom)) return [];
  const full = symbol(style, 'full');
  const estimated = symbol(style, 'empty');
  const lines = Array.from({ length: rows }, (_, row) => {
    const level = bottom + ((top - bottom) * (rows - row - 0.5)) / rows;
    const label = row === 0 ? formatCount(shortened(top)) : row === rows - 1 ? formatCount(shortened(bottom)) : '';
    const cells = bars.map(({ value, isEstimate }) => {
      const isIn = level >= 0 ? value >= level : value <= level;
      return !isIn ? ' ' : isEstimate ? estimated : full;
    });
    return `${padText(label, 10, 'right')}  ${cells.join('').trimEnd()}`;
  });
  const { dash } = { dash: symbol(style, 'dash') };
  lines.push(
    ' '.repeat(12) +
      bars
        .map(({ isEstimate }) => (isEstimate ? dash : ' '))
        .join('')
        .trimEnd(),
  );
  return lines.map((line) => paint(style, 'dim', line));
}

interface Bar {
  readonly value: number;
  readonly isEstimate: boolean;
}

/** Twice the gap on each side, and at least two weeks of days or two days of hours. */
function barsAround({ edges, values, step }: Series, { path, data }: Estimated, width: number): readonly Bar[] {
  const first = edges.findIndex((edge) => edge >= data.from);
  const begin = first < 0 ? values.length : first;
  const around = Math.max(2 * path.length, step === 'hour' ? 48 : 14);
  const slots: Bar[] = [];
  for (let slot = Math.max(0, begin - around); slot < begin; slot++)
    slots.push({ value: values[slot]!, isEstimate: false });
  for (const { estimate } of path) slots.push({ value: estimate, isEstimate: true });
  const end = begin + path.length;
  for (let slot = end; slot < Math.min(values.length, end + around); slot++) {
    slots.push({ value: values[slot]!, isEstimate: false });
  }
  const each = Math.ceil(slots.length / width);
  if (each === 1) return slots;
  return Array.from({ length: Math.ceil(slots.length / each) }, (_, at) => {
    const group = slots.slice(at * each, (at + 1) * each);
    const known = group.filter(({ value }) => !Number.isNaN(value));
    const sum = known.reduce((total, { value }) => total + value, 0);
    return { value: sum / known.length, isEstimate: group.some(({ isEstimate }) => isEstimate) };
  });
}

function shortened(value: number): number {
  return Number(value.toPrecision(3));
}
