import type { Diagnosis, Fault } from '@eventmend/log-replay';
import type { FaultKind } from '@eventmend/core/engine';
import { countOf, formatCount, formatTime } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { paint, type TerminalStyle } from '../terminal/terminal-style.js';
import { safeText } from '../terminal/safe-text.js';
import {
  describeEvidence,
  describeExplanation,
  describeMoment,
  describePattern,
  describeStart,
} from './describe-diagnosis.js';
import { describeOffset } from './describe-offset.js';

/** How many patterns, and how many pieces of missing evidence, are worth reading at once. */
const shownPatterns = 5;
const shownMissing = 4;

const words: Readonly<Record<FaultKind, string>> = {
  missed: 'missed',
  twice: 'handled twice',
  'out-of-order': 'out of order',
  wrong: 'wrong result',
  'not-sent': 'outputs not sent',
  'sent-twice': 'outputs sent twice',
};

/** What is to be known before anybody is accused: the worker may be wrong, and a copy may lack its newest rows. */
export interface DiagnosisDoubts {
  readonly doubt: string | null;
  readonly copies: readonly string[];
}

/** What went wrong, how far the evidence goes, and what would tell more. */
export function renderDiagnosis(
  diagnosis: Diagnosis,
  { doubt, copies }: DiagnosisDoubts,
  style: TerminalStyle,
): string[] {
  const line = (label: string, text: string): string[] => labelled(style, label, text);
  const { first, onset, end, patterns, live, missing } = diagnosis;
  const scope = diagnosis.scope === null ? [] : line('scope', scopeText(diagnosis.scope));
  return [
    `${paint(style, 'strong', 'Diagnosis')}  ${safeText(diagnosis.incident.name)}   worker ${safeText(diagnosis.worker.name)}@${safeText(diagnosis.worker.version)}`,
    ...[...(doubt === null ? [] : [doubt]), ...copies].flatMap((one, index) =>
      line(index === 0 ? 'but first' : '', one),
    ),
    ...line('evidence', evidenceText(diagnosis)),
    ...scope,
    ...line('the error', countsText(diagnosis)),
    ...(first === null ? [] : line('first', faultText(first))),
    ...(onset === null ? [] : line('onset', `${formatTime(onset.time)} UTC: ${describeMoment(onset)}`)),
    ...(end === null ? [] : line('end', `${formatTime(end.time)} UTC: ${describeMoment(end)}`)),
    ...consequences(diagnosis, line),
    ...explanations(diagnosis, line),
    ...patterns
      .slice(0, shownPatterns)
      .flatMap((one, index) => line(index === 0 ? 'patterns' : '', describePattern(one))),
    ...(live === null ? [] : line('live state', liveText(live))),
    ...orderLines(diagnosis, line),
    ...line('worker', diagnosis.workerCheck.reason),
    ...undecided(diagnosis, line),
    ...missing
      .slice(0, shownMissing)
      .flatMap((one, index) => line(index === 0 ? 'missing' : '', describeEvidence(one))),
  ];
}

type Line = (label: string, text: string) => string[];

function evidenceText({ evidence, records, start, tally, states }: Diagnosis): string {
  switch (evidence) {
    case 'records': {
      const followed =
        tally === null ? '' : `: ${countOf(tally.handlings, 'handling')} of ${countOf(tally.events, 'event')} followed`;
      return `${records.join(' and ')}${followed}, from ${describeStart(start)}`;
    }
    case 'states':
      return `states only (${(states?.compared ?? []).map(({ id }) => id).join(', ')}), from ${describeStart(start)}`;
    case 'none':
      return `nothing to compare: ${states?.notCompared == null ? 'no records and no states' : describeEvidence(states.notCompared)}`;
  }
}

function scopeText({ keys, of }: NonNullable<Diagnosis['scope']>): string {
  return `${formatCount(keys)} of ${countOf(of, 'key')}; nothing else was looked at`;
}

/** How many events went wrong in which way. */
export function countsText({ counts }: Pick<Diagnosis, 'counts'>): string {
  const found = (Object.keys(words) as FaultKind[]).filter((kind) => counts[kind] > 0);
  if (found.length === 0) return 'no event is shown to have been handled wrongly';
  return found.map((kind) => `${formatCount(counts[kind])} ${words[kind]}`).join(', ');
}

function faultText({ kind, event, keys, evidence }: Fault): string {
  const named = keys.slice(0, 3).join(', ');
  return `${describeOffset(event)} (key ${named}) ${words[kind]}: ${evidence}`;
}

function consequences({ tally }: Diagnosis, line: Line): string[] {
  if (tally === null) return [];
  const { consequences: later, orderNotDetermined } = tally;
  return [
    ...(later === 0
      ? []
      : line('', `${formatCount(later)} later events differ as a consequence only, and are counted apart`)),
    ...(orderNotDetermined === 0
      ? []
      : line(
          '',
          `${formatCount(orderNotDetermined)} events: order not determined, another permissible order explains them`,
        )),
  ];
}

/** A statement about many events that explains one key only says no more than the fault of that key. */
function explanations({ states }: Diagnosis, line: Line): string[] {
  if (states === null) return [];
  const { differing, explained, undetermined, orderNotDetermined } = states.keys;
  const keys = `${formatCount(differing)} differ: ${formatCount(explained)} explained, ${formatCount(undetermined)} not${orderNotDetermined === 0 ? '' : ` (${formatCount(orderNotDetermined)} of them: order not determined)`}`;
  return [
    ...line('keys', keys),
    ...states.systematic
      .filter((one) => one.explained > 1)
      .slice(0, shownPatterns)
      .flatMap((one, index) => line(index === 0 ? 'explained' : '', describeExplanation(one))),
  ];
}

function liveText(live: NonNullable<Diagnosis['live']>): string {
  const { keys, wrong, reproduced, approximate, unexplained, orderNotDetermined, notKnown } = live;
  const open = [
    orderNotDetermined === 0
      ? null
      : `${countOf(orderNotDetermined, 'key')}: order not determined, another permissible order may explain them`,
    notKnown === 0
      ? null
      : `${countOf(notKnown, 'key')}: not known, something that the log lacks, that is in quarantine or that came again may explain them`,
  ]
    .filter((text) => text !== null)
    .join('; ');
  if (wrong === 0) {
    if (open === '' && unexplained === 0) return `all ${formatCount(keys)} keys are right`;
    if (open === '') return `none of ${countOf(keys, 'key')} is shown to be wrong`;
    return `none of ${countOf(keys, 'key')} is shown to be wrong; ${open}`;
  }
  return (
    `${formatCount(wrong)} of ${countOf(keys, 'key')} wrong: the faults found lead to ${formatCount(reproduced)} of them to the letter` +
    (approximate === 0 ? '' : `, to ${formatCount(approximate)} as far as outputs reveal them`) +
    (unexplained === 0 ? '' : `; ${formatCount(unexplained)} remain unexplained`) +
    (open === '' ? '' : `; ${open}`)
  );
}

function orderLines({ order }: Diagnosis, line: Line): string[] {
  if (order === null || order.notMeasured !== null) return [];
  const { independent, sameInSamples, sensitive } = order.keys;
  const [first] = order.sensitive;
  const spread = first?.spread[0];
  const example =
    first === undefined
      ? ''
      : `; most: ${first.key}, ${formatCount(first.states)} states${spread === undefined ? '' : `, ${spread.path} from ${String(spread.min)} to ${String(spread.max)}`}`;
  return line(
    'order',
    `it matters to ${formatCount(sensitive)} keys (${formatCount(order.members)} other orders tried), not to ${formatCount(sameInSamples)} in those tried, provably not to ${formatCount(independent)}${example}`,
  );
}

function undecided({ undetermined, firstUndetermined }: Diagnosis, line: Line): string[] {
  const [first] = firstUndetermined;
  if (first === undefined) return [];
  const where =
    first.event === null ? (first.key === null ? '' : `key ${first.key}: `) : `${describeOffset(first.event)}: `;
  return line('not told', `${countOf(undetermined, 'case')} cannot be told; first ${where}${first.reason}`);
}
