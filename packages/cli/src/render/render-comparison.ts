import type {
  ComparedMeasure,
  ComparedRecovery,
  Comparison,
  MakingStep,
  RefusedStrategy,
  RunLeftOut,
} from '@eventmend/core/engine';
import type { Fidelity } from '@eventmend/core';
import { countOf, formatCount, formatDuration } from '../terminal/format.js';
import { labelled, paragraph } from '../terminal/labelled.js';
import { safeText } from '../terminal/safe-text.js';
import { table, type Cell, type Column } from '../terminal/table.js';
import { paint, type TerminalStyle } from '../terminal/terminal-style.js';
import { cutText } from '../terminal/text-width.js';
import { renderHeldOut } from './render-held-out.js';
import { describeLiveDoubt, describeVerdict } from './render-run.js';

/** The recoveries of an incident side by side; `near` gives a path as the reader would type it. */
export function renderComparison(
  comparison: Comparison,
  near: (path: string) => string,
  style: TerminalStyle,
): string[] {
  const { incident, recoveries, refused, leftOut } = comparison;
  const names = namesOf(recoveries);
  const blocks: readonly (readonly string[])[] = [
    [
      paint(style, 'strong', `Comparison of ${safeText(incident.name)}`) + `   ${describeExtent(comparison)}`,
      ...paragraph(style, describeReference(comparison.reference, near)),
      ...alarms(comparison, names, style),
    ],
    [...qualityTable(recoveries, names, style), ...refused.flatMap((one) => refusedLines(one, style))],
    comparison.reference.kind === 'none' ? [] : againstTable(comparison, names, style),
    outputsTable(recoveries, names, style),
    ...sumTables(comparison, names, near, style),
    costTable(recoveries, names, style),
    comparison.heldOut === undefined ? [] : renderHeldOut(comparison.heldOut, style),
    [
      ...recoveries.flatMap(({ doubt }) =>
        doubt === null ? [] : paragraph(style, `The live state is held against nothing: ${describeLiveDoubt(doubt)}`),
      ),
      ...leftOut.flatMap((run) => paragraph(style, `Left out: ${describeLeftOut(run)}`)),
    ],
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block, index) => (index === 0 ? block : ['', ...block]));
}

/** What `--recover-missing` is at. */
export function renderMakingStep(step: MakingStep, style: TerminalStyle): string[] {
  switch (step.kind) {
    case 'planning':
      return paragraph(style, `${step.strategy}: planning`);
    case 'refused':
      return paragraph(style, `${step.refused.strategy}: refused, ${step.refused.error.message}`);
    case 'there-already':
      return paragraph(style, `${step.strategy}: recovered already, as ${step.runId}`);
    case 'recovering':
      return paragraph(style, `${step.strategy}: recovering into ${step.runId}; the live state is not touched`);
    case 'verifying':
      return paragraph(style, `${step.strategy}: verifying ${step.runId}`);
  }
}

/** Runs by their strategy, and by their id where one strategy has several. */
function namesOf(recoveries: readonly ComparedRecovery[]): readonly string[] {
  return recoveries.map(({ subject }) => {
    if (subject.kind === 'live') return 'live';
    const { strategy, runId } = subject;
    const isOnly = recoveries.filter((other) => other.subject.kind === 'run' && other.subject.strategy === strategy);
    return isOnly.length === 1 ? strategy : runId;
  });
}

function describeExtent({ keys, limitedTo, recoveries }: Comparison): string {
  const limit = limitedTo === null ? '' : `, of the ${formatCount(limitedTo)} that all runs are about`;
  return `${countOf(recoveries.length, 'recovery', 'recoveries')}, ${countOf(keys, 'key')}${limit}`;
}

export function describeReference(reference: Comparison['reference'], near: (path: string) => string): string {
  switch (reference.kind) {
    case 'none':
      return 'Nothing says what is right: give --truth FILE, or --against live or a run';
    case 'truth': {
      const outputs = reference.outputs === null ? '' : ` and ${near(reference.outputs)}`;
      return `Against the truth in ${near(reference.location)}${outputs}`;
    }
    case 'run':
      return `Against run ${reference.runId} (${reference.strategy}), which may be wrong itself`;
    case 'live':
      return `Against the live state in ${near(reference.location)}, which may be wrong itself`;
  }
}

/** What is called exact and is not so: in front of everything. */
function alarms({ reference, recoveries }: Comparison, names: readonly string[], style: TerminalStyle): string[] {
  if (reference.kind !== 'truth') return [];
  return recoveries.flatMap(({ states, wrongKeys }, index) => {
    const keys = states?.wrongAs.exact ?? 0;
    const [first] = wrongKeys;
    if (keys === 0 || first === undefined) return [];
    const text = `WRONG AND CALLED EXACT: ${countOf(keys, 'key')} of ${names[index] ?? ''}; first ${cutText(safeText(first.key), 40)} is ${cutText(first.recovered ?? 'not there', 60)}, the truth is ${cutText(first.reference ?? 'no state', 60)}`;
    return paragraph(style, text).map((line) => paint(style, 'bad', line));
  });
}

const qualities: readonly { readonly title: string; readonly words: readonly Fidelity[] }[] = [
  { title: 'exact', words: ['exact'] },
  { title: 'declared', words: ['declared'] },
  { title: 'external', words: ['external'] },
  { title: 'estimated', words: ['interpolated', 'extrapolated'] },
  { title: 'incomplete', words: ['incomplete'] },
  { title: 'unproven', words: ['unproven'] },
];

/** How many keys are called how good; a word that nobody uses is left out. */
function qualityTable(
  recoveries: readonly ComparedRecovery[],
  names: readonly string[],
  style: TerminalStyle,
): string[] {
  const countOfWords = ({ fidelity }: ComparedRecovery, words: readonly Fidelity[]) =>
    words.reduce((sum, word) => sum + (fidelity?.[word] ?? 0), 0);
  const shown = qualities.filter(
    ({ title, words }) => title === 'exact' || recoveries.some((recovery) => countOfWords(recovery, words) > 0),
  );
  return table(
    [{ title: 'Recovery' }, right('keys'), ...shown.map(({ title }) => right(title))],
    recoveries.map((recovery, index) => [
      names[index] ?? '',
      formatCount(recovery.keys),
      ...shown.map(({ words }) => (recovery.fidelity === null ? '-' : formatCount(countOfWords(recovery, words)))),
    ]),
    style,
  );
}

function refusedLines({ strategy, error }: RefusedStrategy, style: TerminalStyle): string[] {
  return labelled(style, strategy, `refused: ${error.message}`, 10, 0);
}

/** Right or wrong against the truth; the same or other against what may be wrong itself. */
function againstTable({ reference, recoveries }: Comparison, names: readonly string[], style: TerminalStyle): string[] {
  const [same, wrong] = reference.kind === 'truth' ? ['right', 'wrong'] : ['same', 'other'];
  const isOpen = recoveries.some(({ states }) => (states?.undetermined ?? 0) > 0);
  return table(
    [
      { title: 'States' },
      ...[right(same), right(wrong), right('called exact'), right('missing'), right('surplus')],
      ...(isOpen ? [right('order unclear')] : []),
    ],
    recoveries.map(({ states, fidelity }, index): readonly Cell[] => {
      if (states === null) return [names[index] ?? '', ...Array<string>(isOpen ? 6 : 5).fill('-')];
      const { differing, missing, surplus } = states;
      const exact = states.wrongAs.exact ?? 0;
      const isAlarm = exact > 0 && reference.kind === 'truth';
      return [
        names[index] ?? '',
        formatCount(states.same),
        formatCount(differing + missing + surplus),
        fidelity === null ? '-' : isAlarm ? { text: formatCount(exact), paint: 'bad' } : formatCount(exact),
        formatCount(missing),
        formatCount(surplus),
        ...(isOpen ? [formatCount(states.undetermined)] : []),
      ];
    }),
    style,
  );
}

function outputsTable(
  recoveries: readonly ComparedRecovery[],
  names: readonly string[],
  style: TerminalStyle,
): string[] {
  const rows = recoveries.flatMap(({ outputs }, index) =>
    outputs === null
      ? []
      : [
          [
            names[index] ?? '',
            ...[outputs.same, outputs.differing, outputs.missing, outputs.surplus, outputs.besideLog].map(formatCount),
          ],
        ],
  );
  if (rows.length === 0) return [];
  const titles = ['same', 'other value', 'missing', 'surplus', 'of stand-ins'];
  return table([{ title: 'Outputs' }, ...titles.map(right)], rows, style);
}

/** What the measures come to, a table each. */
function sumTables(
  { reference, recoveries }: Comparison,
  names: readonly string[],
  near: (path: string) => string,
  style: TerminalStyle,
): readonly (readonly string[])[] {
  const measures = recoveries[0]?.measures.map(({ measure }) => measure) ?? [];
  return measures.map((measure, at) => {
    const ofMeasure = recoveries.flatMap(({ measures: all }) => all[at] ?? []);
    const stated = ofMeasure.find((one) => one.reference !== null)?.reference ?? null;
    const isHeldAgainst = stated !== null;
    const hasInterval = ofMeasure.some(({ interval }) => interval !== undefined);
    const title = `Sum of ${measure}${stated === null ? '' : `, ${formatCount(stated)} in ${referenceName(reference, near)}`}`;
    return [
      ...paragraph(style, title),
      ...table(
        [
          { title: 'Recovery' },
          right('comes to'),
          ...(isHeldAgainst ? [right('off'), right('off by key')] : []),
          ...(hasInterval ? [{ title: 'said before', wrap: true }] : []),
        ],
        ofMeasure.map((one, index) => [
          names[index] ?? '',
          one.sum === null ? 'no number' : formatCount(one.sum),
          ...(isHeldAgainst ? [describeOff(one), one.offByKey === null ? '-' : formatCount(one.offByKey)] : []),
          ...(hasInterval ? [describeInterval(one.interval)] : []),
        ]),
        style,
      ),
    ];
  });
}

function referenceName(reference: Comparison['reference'], near: (path: string) => string): string {
  switch (reference.kind) {
    case 'truth':
      return 'the truth';
    case 'run':
      return reference.runId;
    case 'live':
      return near(reference.location);
    case 'none':
      return '';
  }
}

function describeOff({ off, reference }: ComparedMeasure): string {
  if (off === null || reference === null) return '-';
  if (off === 0) return '0';
  const share = reference === 0 ? '' : ` (${(Math.abs(off / reference) * 100).toFixed(1)} %)`;
  return `${off > 0 ? '+' : ''}${formatCount(off)}${share}`;
}

function describeInterval(interval: ComparedMeasure['interval']): string {
  if (interval === undefined) return '-';
  const { level, low, high, holds } = interval;
  const range = `${Math.round(level * 100)} %: ${formatCount(low)} to ${formatCount(high)}`;
  return holds === null ? range : `${range}, ${holds ? 'holds it' : 'misses it'}`;
}

/** What each of them cost, beside what its plan expected. */
function costTable(recoveries: readonly ComparedRecovery[], names: readonly string[], style: TerminalStyle): string[] {
  const rows = recoveries.flatMap(({ subject, loss, time }, index) =>
    subject.kind === 'live' || loss === null || time === null
      ? []
      : [
          [
            names[index] ?? '',
            subject.runId,
            describeVerdict(subject.verdict),
            formatDuration(time.elapsedMs),
            time.expectedMs === null ? '-' : formatDuration(time.expectedMs),
            loss.expected === null ? 'unknown' : formatCount(loss.unavailable - loss.stoodIn + loss.quarantined),
            loss.expected === null ? 'unknown' : formatCount(loss.expected),
          ],
        ],
  );
  if (rows.length === 0) return [];
  return table(
    [
      { title: 'Recovery' },
      { title: 'Run' },
      { title: 'Verdict', wrap: true },
      ...[right('took'), right('expected'), right('lost'), right('expected')],
    ],
    rows,
    style,
  );
}

function describeLeftOut({ runId, reason }: RunLeftOut): string {
  switch (reason) {
    case 'not-ended':
      return `${runId}, which has not ended`;
    case 'another-incident':
      return `${runId}, which is of another incident`;
    case 'another-worker':
      return `${runId}, since when the worker was changed`;
    case 'limited-to-keys':
      return `${runId}, which is limited to some keys (name it with --runs to compare those)`;
  }
}

function right(title: string): Column {
  return { title, align: 'right' };
}
