import type { DrillBreach, DrillReport, PastDrill } from '@eventmend/core/engine';
import { countOf, formatCount, formatDuration, formatMinute } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { safeText } from '../terminal/safe-text.js';
import { table } from '../terminal/table.js';
import { paint, symbol, type TerminalStyle } from '../terminal/terminal-style.js';
import {
  describeBreach,
  describeDetection,
  describeHeld,
  describeLeft,
  describeLost,
  describeNotPlanted,
  describeOutcome,
  describePlanted,
  describeWindow,
  describeWrong,
} from './describe-drill.js';

/** What a drill came to: first whether anything was claimed that is not so. */
export function renderDrill(
  {
    report,
    breaches,
    folder,
  }: { readonly report: DrillReport; readonly breaches: readonly DrillBreach[]; readonly folder: string | null },
  style: TerminalStyle,
  near: (path: string) => string,
): string[] {
  const { stretch, error, detection, diagnosisRefused } = report;
  const lost = describeLost(report.lost);
  const short = describeNotPlanted(report);
  const begin = stretch.base === null ? 'the beginning of the log' : `snapshot ${stretch.base}`;
  return [
    `${paint(style, 'strong', `Drill of ${safeText(report.incident.name)}`)}   seed ${report.seed}   ${headline(breaches, style)}`,
    ...breaches.flatMap((breach) => labelled(style, 'outside', describeBreach(breach))),
    ...labelled(
      style,
      'copy',
      `${countOf(stretch.events, 'healthy event')} of ${countOf(stretch.partitions, 'partition')}, from ${begin}`,
    ),
    ...(stretch.absent === 0
      ? []
      : labelled(
          style,
          '',
          `${countOf(stretch.absent, 'offset')} that the real log lacks: the copy says that no event stood there`,
        )),
    ...labelled(style, 'error', `${describeWindow(error)}: ${describePlanted(error.planted)}`),
    ...(short === null ? [] : labelled(style, 'planted', short)),
    ...(lost === null ? [] : labelled(style, 'lost', lost)),
    ...labelled(style, 'left', describeLeft(report)),
    ...labelled(
      style,
      'diagnosis',
      detection === null
        ? (diagnosisRefused?.message ?? 'no records of the service to diagnose from')
        : describeDetection(detection),
    ),
    '',
    ...renderStrategies(report, style),
    ...(folder === null ? [] : ['', `Kept in ${safeText(near(folder))}`]),
  ];
}

function headline(breaches: readonly DrillBreach[], style: TerminalStyle): string {
  if (breaches.length === 0) return paint(style, 'good', `${symbol(style, 'passed')} all within bounds`);
  return paint(style, 'bad', `${symbol(style, 'failed')} ${countOf(breaches.length, 'thing')} outside of bounds`);
}

function renderStrategies({ strategies, live }: DrillReport, style: TerminalStyle): string[] {
  const rows = strategies.map((score) => [
    score.strategy,
    { text: describeOutcome(score), paint: score.refused === null ? ('good' as const) : ('dim' as const) },
    describeWrong(score.keys),
    { text: describeWrong(score.exact), paint: (score.exact?.wrong ?? 0) > 0 ? ('bad' as const) : ('good' as const) },
    describeWrong(score.outputs),
    describeHeld(score.intervals),
    formatDuration(score.durationMs),
  ]);
  const nothing = live === null ? [] : [['nothing', 'live state', describeWrong(live), '-', '-', '-', '-']];
  return [
    ...table(
      [
        { title: 'Strategy' },
        { title: 'Verdict', wrap: true },
        { title: 'Keys wrong', wrap: true },
        { title: 'Exact, wrong', wrap: true },
        { title: 'Outputs wrong', wrap: true },
        { title: 'Intervals hold', wrap: true },
        { title: 'Took' },
      ],
      [...rows, ...nothing],
      style,
    ),
    ...strategies.flatMap(({ strategy, refused }) =>
      refused === null ? [] : labelled(style, 'refused', `${strategy}: ${refused.message}`),
    ),
  ];
}

const shownDrills = 12;

/** The drills so far, the newest last. */
export function renderDrillHistory(history: readonly PastDrill[], style: TerminalStyle): string[] {
  if (history.length === 0) return ['There was no drill yet.'];
  const shown = history.slice(-shownDrills);
  const older = history.length - shown.length;
  const rows = shown.map((past) => [
    past.at === null ? '' : formatMinute(past.at),
    String(past.seed),
    formatCount(past.events),
    past.found === null ? '-' : `${formatCount(past.found)} of ${formatCount(past.planted)}`,
    past.falseAlarms === null ? '-' : formatCount(past.falseAlarms),
    past.best === null ? '-' : `${past.best.strategy}: ${describeWrong(past.best.keys)}`,
    {
      text: formatCount(past.calledExactAndWrong),
      paint: past.calledExactAndWrong > 0 ? ('bad' as const) : ('good' as const),
    },
    formatDuration(past.durationMs),
    {
      text: past.breaches.length === 0 ? 'yes' : 'no',
      paint: past.breaches.length === 0 ? ('good' as const) : ('bad' as const),
    },
  ]);
  return [
    paint(style, 'strong', `Drills so far: ${formatCount(history.length)}`) +
      (older === 0 ? '' : `, the last ${shownDrills}`),
    ...table(
      [
        { title: 'When (UTC)', wrap: true },
        { title: 'Seed', align: 'right' },
        { title: 'Events', align: 'right' },
        { title: 'Found', wrap: true },
        { title: 'False', align: 'right' },
        { title: 'Best: keys wrong', wrap: true },
        { title: 'Exact and wrong', wrap: true },
        { title: 'Took' },
        { title: 'Within' },
      ],
      rows,
      style,
    ),
  ];
}
