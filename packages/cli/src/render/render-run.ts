import {
  describePartition,
  type CandidateChoice,
  type FidelitySummary,
  type QuarantinedEvent,
} from '@eventmend/core/engine';
import type { LiveComparison, PartitionAccount, RunReport, Verdict } from '@eventmend/core';
import { describeExpectedWrong } from './describe-expected-wrong.js';
import { describeReason } from './describe-assessment.js';
import { describePlacement } from './describe-placement.js';
import { describeScope } from './render-scope.js';
import { countOf, formatCount, formatDuration, shortDigest } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { paint, type TerminalStyle, type Paint } from '../terminal/terminal-style.js';
import { safeText } from '../terminal/safe-text.js';
import { cutText } from '../terminal/text-width.js';

const headings: Record<RunReport['status'], string> = {
  running: 'Running',
  interrupted: 'Interrupted',
  failed: 'Failed',
  recovered: 'Recovered',
  verified: 'Recovered and verified',
  mismatch: 'Not reproduced',
};

/** How a run ended, or how far it came. `parked` are the first of its quarantined events. */
export function renderRun(report: RunReport, parked: readonly QuarantinedEvent[], style: TerminalStyle): string[] {
  const { verdict } = report;
  return [
    `${paint(style, 'strong', `${headings[report.status]} ${report.runId}`)}   verdict: ${paint(style, verdictPaint(verdict), describeVerdict(verdict))}`,
    ...describeMissing(verdict).flatMap((missing) => labelled(style, 'missing', missing)),
    ...(report.scope === undefined ? [] : labelled(style, 'scope', describeScope(report.scope))),
    ...labelled(style, 'events', describeAccounts(report)),
    ...(report.standIns ?? [])
      .filter(({ source }) => !source.startsWith('facts:'))
      .flatMap((account) => labelled(style, 'stand-ins', describeStandIns(account))),
    ...(report.facts ?? []).flatMap(({ records, facts, keys }) =>
      labelled(style, 'facts', `${countOf(facts, 'fact')} of ${safeText(records)} set ${countOf(keys, 'key')}`),
    ),
    ...labelled(style, 'state', `${countOf(report.stateKeys, 'key')}, digest ${shortDigest(report.stateDigest)}`),
    ...labelled(style, 'fidelity', describeFidelity(report.fidelity)),
    ...labelled(
      style,
      'outputs',
      `${formatCount(report.outputs)} intended, digest ${shortDigest(report.outputsDigest)}; nothing was published`,
    ),
    ...labelled(style, 'live', describeLive(report.live)),
    ...(report.candidates === undefined ? [] : labelled(style, 'chosen', describeChoice(report.candidates))),
    ...keptKeys(report.kept).flatMap((keys) => labelled(style, 'kept', describeKept(keys))),
    ...describeOrderCounts(report.order).flatMap((text) => labelled(style, 'order', text)),
    ...parked.flatMap((event) =>
      labelled(
        style,
        'parked',
        `${describePartition(event.partition)}@${event.offset}  ${event.code}: ${event.reason}`,
      ),
    ),
    ...(report.quarantined > parked.length
      ? labelled(style, '', `and ${formatCount(report.quarantined - parked.length)} more`)
      : []),
    ...report.notes.flatMap((note) => labelled(style, 'note', describeNote(note))),
    ...labelled(style, 'took', describeSpeed(report)),
  ];
}

export function describeVerdict(verdict: Verdict): string {
  switch (verdict.verdict) {
    case 'complete':
      return 'complete';
    case 'incomplete':
      return 'incomplete';
    case 'bounded':
      return `bounded (±${formatCount(verdict.plusMinus)})`;
    case 'refused':
      return `refused (${safeText(describeReason(verdict.reason))})`;
  }
}

export function verdictPaint(verdict: Verdict): Paint {
  return verdict.verdict === 'complete' ? 'good' : verdict.verdict === 'refused' ? 'bad' : 'warn';
}

/** What keeps a run from being complete. */
export function describeMissing(verdict: Verdict): string[] {
  if (verdict.verdict !== 'incomplete') return [];
  return verdict.missing.map((part) => {
    switch (part.kind) {
      case 'target-not-reached':
        return 'the run has not reached its target';
      case 'events-unavailable':
        return `${countOf(part.events, 'event')} unavailable`;
      case 'loss-unknown':
        return 'no log is left, and nobody knows how many events are lost';
      case 'events-quarantined':
        return `${countOf(part.events, 'event')} quarantined`;
      case 'times-unconfirmed':
        return `${countOf(part.events, 'event')} with a leap of time that nothing confirms, so the order is assumed (order.max_step says how large a leap may be)`;
      case 'baseline-unproven':
        return `nothing proves that snapshot ${part.snapshot} is right, which the run begins at`;
      case 'not-in-baseline':
        return `snapshot ${part.snapshot} does not hold: ${part.parts.join(', ')}`;
      case 'worker-not-checked':
        return `the worker is not checked: ${part.reason}`;
      case 'not-covered':
        return part.keys === null
          ? 'nobody knows what the check of the worker covered'
          : `${countOf(part.keys, 'key')} unproven: no check of the worker covered what they depend on, and nobody reviewed it`;
      case 'not-verified':
        return 'the result is not verified yet';
      case 'verified-in-same-shares':
        return 'verified by the tasks of the fleet only, each with its own keys: what the worker might remember between keys would not show; one machine can tell (docs/fleet.md)';
      case 'baseline-derived-otherwise':
        return `snapshot ${part.snapshot}, which you trust and the run begins at, has ${countOf(part.keys, 'key')} that the log leads to otherwise`;
      case 'verification-failed':
        return 'verification derived another result: the worker is changed, or takes something from elsewhere, such as the local time of this machine, or a memory between events';
      case 'text':
        return part.text;
    }
  });
}

export function describeNote(note: RunReport['notes'][number]): string {
  switch (note.kind) {
    case 'unevaluated-in-deduplication':
      return `the worker deduplicates by a business id: ${formatCount(note.events)} events outside of the scope entered its window unevaluated, as if they had been applied`;
    case 'text':
      return note.text;
  }
}

const skipNames: Readonly<Record<string, string>> = {
  'duplicate-id': 'duplicates skipped',
  control: 'control records skipped',
  aborted: 'aborted by their transaction',
  filtered: 'filtered',
  declared: 'declared to hold no event',
  'before-baseline': 'before the baseline',
  'out-of-scope': 'out of scope',
};

/** `1,616,669 offsets = 1,616,131 applied + 536 duplicates skipped + 2 quarantined`: the sum is the reader's to check. */
function describeAccounts({ totals, lossUnknown }: Pick<RunReport, 'totals' | 'lossUnknown'>): string {
  if (lossUnknown === true && totals.offsets === 0) return 'none of a log; nobody knows how many there were';
  const parts = [`${formatCount(totals.applied)} applied`];
  for (const [reason, count] of Object.entries(totals.skipped)) {
    if (count > 0) parts.push(`${formatCount(count)} ${skipNames[reason] ?? reason}`);
  }
  if (totals.quarantined > 0) parts.push(`${formatCount(totals.quarantined)} quarantined`);
  if (totals.unavailable > 0) parts.push(`${formatCount(totals.unavailable)} unavailable`);
  const repeated = totals.repeated > 0 ? `; ${formatCount(totals.repeated)} repeated in the log, counted once` : '';
  const unknown = lossUnknown === true ? '; nobody knows how many events there were behind them' : '';
  return `${countOf(totals.offsets, 'offset')} = ${parts.join(' + ')}${repeated}${unknown}`;
}

function describeFidelity(fidelity: FidelitySummary): string {
  const counts = Object.entries(fidelity.keys).filter(([, count]) => count > 0);
  const keys = counts.map(([word, count]) => `${countOf(count, 'key')} ${word}`).join(', ');
  const touched =
    fidelity.directKeys + fidelity.carriedKeys === 0
      ? ''
      : ` (holes and parked events: ${countOf(fidelity.directKeys, 'key')} directly, ${formatCount(fidelity.carriedKeys)} by what they read)`;
  const { estimatedKeys = 0 } = fidelity;
  const estimated = estimatedKeys === 0 ? '' : `; ${countOf(estimatedKeys, 'key')} on estimated events`;
  return `${fidelity.overall}${keys === '' ? '' : `: ${keys}`}${estimated}${touched}`;
}

/** Rows of another system that were applied in the place of lost events: beside the events of the log. */
function describeStandIns({ source, applied, quarantined }: PartitionAccount): string {
  if (source.startsWith('estimate:')) return `${countOf(applied, 'event')} estimated by ${safeText(source.slice(9))}`;
  const parked = quarantined === 0 ? '' : `, ${formatCount(quarantined)} quarantined`;
  return `${countOf(applied, 'row')} of ${safeText(source.replace(/^records:/, ''))} applied in the place of lost events${parked}`;
}

/** What came of the choice between the rebuilt and the live values, with the same figures for doing nothing. */
function describeChoice({ reached, same, fromLive, errorRate, expectedWrong }: CandidateChoice): string {
  const rate =
    errorRate === null
      ? fromLive === 0
        ? 'how often the service was wrong is not known, and lost events explain few of the differences'
        : 'how often the service was wrong is not known'
      : `where the log still tells, the service left ${countOf(errorRate.wrongKeys, 'key')} wrong in ${countOf(errorRate.events, 'event')}`;
  const differing = reached - same;
  const figures = describeExpectedWrong(expectedWrong);
  const others =
    differing === 0
      ? ''
      : `; ${formatCount(fromLive)} of them are taken from live, unproven (${rate}). Expected to be wrong of those ${formatCount(differing)}: ${figures}`;
  return `of ${countOf(reached, 'key')} that lost events reach ${formatCount(differing)} ${differing === 1 ? 'differs' : 'differ'} from live${others}`;
}

/** Keys that are kept since the run has no row of them. */
function keptKeys(kept: RunReport['kept']): number[] {
  const keys = (kept?.keys ?? 0) - (kept?.chosen ?? 0);
  return keys === 0 ? [] : [keys];
}

/** Keys that may live in lost events alone. */
function describeKept(keys: number): string {
  return `${countOf(keys, 'live key')} that no readable event names and a lost one may: exported as the live state has ${keys === 1 ? 'it' : 'them'}, incomplete`;
}

function describeLive(live: LiveComparison | null): string {
  if (live === null) return 'no live state was given';
  if (!live.compared)
    return `not compared: ${live.reason === null ? 'no reason given' : describeLiveDoubt(live.reason)}`;
  const only = [
    live.onlyRecovered > 0 ? `${formatCount(live.onlyRecovered)} only here` : '',
    live.onlyLive > 0 ? `${formatCount(live.onlyLive)} only there` : '',
  ].filter((text) => text !== '');
  const head = `${formatCount(live.differing)} of ${countOf(live.keys, 'key')} ${live.differing === 1 ? 'differs' : 'differ'} from live`;
  const tail = only.length === 0 ? '' : `, ${only.join(', ')}`;
  const first = live.firstDifference;
  if (first === null) return head + tail;
  return `${head}${tail}; first: ${cutText(safeText(first.key), 40)} is ${cutText(safeText(first.recovered), 60)}, live says ${cutText(safeText(first.live), 60)}`;
}

/** Why the live state was not compared, or what the comparison leaves open. */
export function describeLiveDoubt(reason: NonNullable<LiveComparison['reason']>): string {
  switch (reason.kind) {
    case 'live-unreadable':
      return 'the live state cannot be read';
    case 'not-on-log':
      return describePlacement(reason.problem);
    case 'not-at-target':
      return 'the live state is at another position than the target';
    case 'comparison-failed':
      return `the comparison failed: ${reason.message}`;
    case 'order-not-recorded': {
      const { undetermined, differing } = reason;
      const others =
        differing === undetermined
          ? ''
          : ` (${formatCount(undetermined)} of the ${formatCount(differing)} keys that differ; no order explains the others)`;
      return `the live order is not recorded: differences may come from the error or from another permissible order${others}`;
    }
    case 'text':
      return reason.text;
  }
}

function describeOrderCounts(order: RunReport['order']): string[] {
  const named: readonly [number, string][] = [
    [order.missing, 'without a time'],
    [order.falling, 'with a falling time'],
    [order.negative, 'with a negative time'],
    [order.unconfirmed, 'with an unconfirmed leap of time'],
  ];
  const parts = named.filter(([count]) => count > 0).map(([count, text]) => `${formatCount(count)} ${text}`);
  return parts.length === 0 ? [] : [`events placed by their partition's watermark: ${parts.join(', ')}`];
}

function describeSpeed({ elapsedMs, expectedMs, eventsPerSecond }: RunReport): string {
  return (
    formatDuration(elapsedMs) +
    (eventsPerSecond === null ? '' : ` (${formatCount(Math.round(eventsPerSecond))} events/s)`) +
    (expectedMs === undefined ? '' : `; expected ${formatDuration(expectedMs)}`)
  );
}
