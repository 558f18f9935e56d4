import type { GapEstimate, GridStep, Interval, KeysEstimate, Measure, Series } from '@eventmend/estimation';
import { countOf, formatCount } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { safeText } from '../terminal/safe-text.js';
import { table } from '../terminal/table.js';
import { paint, symbol, type TerminalStyle } from '../terminal/terminal-style.js';
import { wrapText } from '../terminal/text-width.js';
import { describeAssumption, describeChoice, describeCoverage } from './describe-estimate.js';
import { describeHelp, describeRefusal } from './describe-refusal.js';
import { formatLocal } from './format-local.js';
import { plotEstimate } from './plot-estimate.js';
import { formatPercent, roundAs } from './round-estimate.js';

/** What was asked about. */
export interface EstimateSubject {
  /** The column of the values, or `rows`. */
  readonly name: string;
  readonly measure: Measure;
  readonly zone: string;
  readonly step: GridStep;
  /** Rows without a value. */
  readonly empty: number;
}

type Estimated = Extract<GapEstimate, { readonly status: 'estimated' }>;

export function renderEstimate(
  result: GapEstimate,
  series: Series,
  subject: EstimateSubject,
  style: TerminalStyle,
): string[] {
  if (result.status === 'refused') {
    return [
      ...headline(`No estimate: ${titleOf(result, subject)}`, style),
      ...labelled(style, 'reason', describeRefusal(result.reason)),
      ...result.helps.flatMap((help, at) => labelled(style, at === 0 ? 'would help' : '', describeHelp(help))),
      ...renderData(result, subject, style),
    ];
  }
  const uncertainty = uncertaintyOf(result.intervals);
  const { estimate, intervals, method, backtest, assumptions, fidelity } = result;
  return [
    ...headline(titleOf(result, subject), style),
    ...wrapText(figures(estimate, intervals), style.columns - 2).map((line) => `  ${paint(style, 'strong', line)}`),
    '',
    ...plotEstimate(series, result, style),
    '',
    ...labelled(style, 'fidelity', fidelity),
    ...labelled(style, 'method', describeChoice(method, backtest)),
    ...labelled(style, 'backtest', describeCoverage(backtest)),
    ...assumptions.flatMap((assumption, at) =>
      labelled(style, at === 0 ? 'assumes' : '', describeAssumption(assumption, uncertainty)),
    ),
    ...renderData(result, subject, style),
  ];
}

export function renderKeysEstimate(
  { keys, sum }: KeysEstimate,
  subject: EstimateSubject,
  style: TerminalStyle,
): string[] {
  const all = [...keys];
  const [first] = keys.values();
  const sumLine =
    sum.from === 'keys'
      ? figures(sum.estimate, sum.intervals)
      : sum.result.status === 'estimated'
        ? `${figures(sum.result.estimate, sum.result.intervals)}, from the sum of all keys`
        : `not estimated: ${describeRefusal(sum.result.reason)}`;
  const shown = all
    .map(([key, result]) => ({ key, result, size: result.status === 'estimated' ? result.estimate : -Infinity }))
    .sort((a, b) => b.size - a.size)
    .slice(0, mostKeys);
  return [
    ...headline(first === undefined ? `Lost ${subject.name}` : titleOf(first, subject), style),
    ...labelled(style, 'all keys', sumLine),
    '',
    ...table(
      [
        { title: 'Key', wrap: true },
        { title: 'Estimate', align: 'right' },
        { title: '90 % from', align: 'right' },
        { title: 'to', align: 'right' },
        { title: 'Method, or why not', wrap: true },
      ],
      shown.map(({ key, result }) => {
        if (result.status === 'refused') return [key, '', '', '', describeRefusal(result.reason)];
        const uncertainty = uncertaintyOf(result.intervals);
        const { low = NaN, high = NaN } = result.intervals.find(({ level }) => level === 0.9) ?? {};
        return [
          key,
          roundAs(result.estimate, uncertainty / 10),
          boundText(low, uncertainty),
          boundText(high, uncertainty),
          result.method,
        ];
      }),
      style,
    ),
    ...(all.length > mostKeys ? [`and ${countOf(all.length - mostKeys, 'other key')}; --json has all`] : []),
  ];
}

const mostKeys = 20;

function headline(text: string, style: TerminalStyle): string[] {
  return wrapText(safeText(text), style.columns).map((line) => paint(style, 'strong', line));
}

function titleOf({ data }: GapEstimate, { name, measure, step, zone }: EstimateSubject): string {
  const slots = countOf(data.slots, step);
  const begin = formatLocal(data.from, zone, step);
  const last = formatLocal(step === 'hour' ? data.to : data.to - 1, zone, step);
  const range = begin === last ? begin : `${begin} to ${last}`;
  return measure === 'level'
    ? `${name} at the end of ${last} (${slots} from ${begin} on)`
    : `Lost ${name}, ${range} (${slots})`;
}

function figures(estimate: number, intervals: readonly Interval[]): string {
  const uncertainty = uncertaintyOf(intervals);
  const ranges = intervals
    .filter(({ level }) => level > 0.8)
    .map(({ level, low, high }) =>
      Number.isFinite(high)
        ? `${formatPercent(level)}: ${boundText(low, uncertainty)} to ${boundText(high, uncertainty)}`
        : `${formatPercent(level)}: unknown`,
    );
  return [roundAs(estimate, uncertainty / 10), ...ranges].join('   ');
}

function boundText(value: number, uncertainty: number): string {
  return Number.isFinite(value) ? roundAs(value, uncertainty) : 'unknown';
}

function uncertaintyOf(intervals: readonly Interval[]): number {
  const { low = NaN, high = NaN } = intervals.find(({ level }) => level === 0.9) ?? {};
  return Number.isFinite(high) ? (high - low) / 2 : 0;
}

/** What the estimate was made of. */
export function describeData(data: GapEstimate['data'], { step, empty }: EstimateSubject): string {
  return [
    `${countOf(data.known, `known ${step}`)}, ${formatCount(data.missing)} missing`,
    ...(empty > 0 ? [`${countOf(empty, 'row')} without a value`] : []),
    ...(data.survived > 0 ? [`${countOf(data.survived, 'value')} inside of the gap not looked at`] : []),
    ...(data.resets.length > 0 ? [`${countOf(data.resets.length, 'reset')} of the counter`] : []),
  ].join(', ');
}

function renderData({ data }: GapEstimate | Estimated, subject: EstimateSubject, style: TerminalStyle): string[] {
  const { zone, step } = subject;
  const outliers = data.outliers
    .slice(0, 3)
    .map(
      ({ time, value, usual }) =>
        `${formatLocal(time, zone, step)} (${formatCount(value)}, usually ${formatCount(usual)})`,
    );
  const more = data.outliers.length - outliers.length;
  return [
    ...labelled(style, 'data', describeData(data, subject)),
    ...(outliers.length === 0
      ? []
      : labelled(
          style,
          'outliers',
          outliers.join(', ') +
            (more > 0 ? ` and ${formatCount(more)} more ${symbol(style, 'dot')} none was removed` : ''),
        )),
  ];
}
