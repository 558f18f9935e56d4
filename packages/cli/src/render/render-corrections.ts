import type { Correction, CorrectionCounts, KeySummary, UnknownOutput, UnknownReason } from '@eventmend/core/engine';
import { countOf, formatCount, formatTime } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { paint, type TerminalStyle } from '../terminal/terminal-style.js';
import { safeText } from '../terminal/safe-text.js';
import { cutText } from '../terminal/text-width.js';
import { describeOffset } from './describe-offset.js';

/** What each reason for saying nothing means, and what would help. */
export const unknownTexts: Readonly<Record<UnknownReason, string>> = {
  'outside-recorded-stretch':
    'outside the recorded stretch (live.outputs may say from when on, and up to when, all was kept)',
  'order-not-determined': 'another permissible order of the partitions may explain it',
  ambiguous: 'a record that names no event may be it',
  contradiction: 'two records of one business id have different contents',
  'event-unknown': 'recorded for events that the log does not hold',
  'event-not-replayed': 'recorded for events that were not replayed, or values from before the run',
  'incomplete-state': 'the value rests on parked events or holes',
  'order-of-records': 'which record of the key is the newest cannot be told',
};

/** `1,116 owed, 14 to retract, 3 unknown`: how the outputs stand, in a line. */
function describeStandings({ owed, replaced, toRetract, unknown }: CorrectionCounts): string {
  const parts = [
    `${formatCount(owed)} owed`,
    ...(replaced === 0 ? [] : [`${formatCount(replaced)} with another value`]),
    `${formatCount(toRetract)} to retract`,
    `${formatCount(totalOf(unknown))} unknown`,
  ];
  return parts.join(', ');
}

/** `1,128 to send, 20 to retract, 6 only listed`. */
export function describeActions({ send, retract, list }: CorrectionCounts['actions']): string {
  return `${formatCount(send)} to send, ${formatCount(retract)} to retract, ${formatCount(list)} only listed`;
}

/** Why these are other numbers than those of the outputs. */
function explainActions({ replaced, toRetract, actions }: CorrectionCounts): string {
  return (
    (replaced > 0 && actions.retract > toRetract ? '; an event with another value is retracted and sent anew' : '') +
    (actions.list > 0 ? '; listed is what no other output takes back' : '')
  );
}

/** The counts of a comparison, with why nothing can be said about what is unknown. */
export function renderCounts(
  runId: string,
  counts: CorrectionCounts,
  examples: readonly UnknownOutput[],
  style: TerminalStyle,
): string[] {
  const { intended, recorded, outsideRun, done, superseded, unknown, actions } = counts;
  return [
    paint(style, 'strong', `Corrections of ${runId}`),
    ...labelled(style, 'outputs', describeStandings(counts)),
    ...labelled(style, 'intended', `${countOf(intended, 'output')}; ${formatCount(done)} recorded as intended`),
    ...labelled(
      style,
      'recorded',
      countOf(recorded, 'output') + (outsideRun === 0 ? '' : `; ${formatCount(outsideRun)} of events outside the run`),
    ),
    ...(superseded === 0
      ? []
      : labelled(style, 'superseded', `${countOf(superseded, 'output')}: a newer value of the key stands anyway`)),
    ...(Object.entries(unknown) as [UnknownReason, number][])
      .filter(([, count]) => count > 0)
      .flatMap(([reason, count]) =>
        labelled(style, 'unknown', `${formatCount(count)}: ${unknownTexts[reason]}${firstOf(examples, reason)}`),
      ),
    ...labelled(style, 'to do', describeActions(actions) + explainActions(counts)),
  ];
}

/** One correction in a line or two. */
export function renderCorrection(correction: Correction, style: TerminalStyle): string[] {
  const { action, output, key, event, time, value, replaces, reason, listedBecause } = correction;
  const because = listedBecause === null ? '' : ` (${listedBecause})`;
  const wrong = replaces === null ? 'nothing' : jsonText(replaces.value);
  return [
    ...labelled(style, action, `${output} ${key}, ${describeOffset(event)}, ${timeText(time)}, ${reason}${because}`),
    ...labelled(
      style,
      '',
      cutText(`${wrong} -> ${action === 'list' && value === null ? 'nothing' : jsonText(value)}`, 160),
    ),
  ];
}

/** What a key got wrong, and what it has instead. */
export function renderKey(
  { key, owed, replaced, toRetract, firstTime, last }: KeySummary,
  style: TerminalStyle,
): string[] {
  const counts = `${formatCount(owed)} owed, ${formatCount(replaced)} with another value, ${formatCount(toRetract)} to retract`;
  const side = (box: { readonly value: unknown } | null) => (box === null ? 'nothing' : jsonText(box.value));
  return [
    paint(style, 'strong', cutText(safeText(`Key ${key}`), style.columns)),
    ...labelled(style, 'outputs', `${counts}; the first of ${timeText(firstTime)}`),
    ...labelled(style, 'last', `${last.output}, ${describeOffset(last.event)}`),
    ...labelled(style, 'was', cutText(side(last.before), 160)),
    ...labelled(style, 'should be', cutText(side(last.after), 160)),
  ];
}

function firstOf(examples: readonly UnknownOutput[], wanted: UnknownReason): string {
  const first = examples.find(({ reason }) => reason === wanted);
  if (first === undefined) return '';
  const at = first.event === null ? '' : ` of ${describeOffset(first.event)}`;
  return `; first: ${first.output}${first.key === null ? '' : ` ${first.key}`}${at}`;
}

function totalOf(unknown: CorrectionCounts['unknown']): number {
  return Object.values(unknown).reduce((sum, count) => sum + count, 0);
}

function timeText(time: number | null): string {
  return time === null ? 'time unknown' : formatTime(time);
}

function jsonText(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
