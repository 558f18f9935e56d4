import type { Plan, RunReport, Verification } from '@eventmend/core';
import { describeReason } from '../../render/describe-assessment.js';
import { describeMissing } from '../../render/render-run.js';
import { countOf, formatCount } from '../../terminal/format.js';

/** Verdict and loss of a run, in one sentence. */
export function headlineOfRun(plan: Plan, report: RunReport, verification: Verification | null): string {
  switch (report.status) {
    case 'running':
      return 'The run is still at work: nothing here is a result yet.';
    case 'interrupted':
      return 'The run was stopped before its end and can be resumed: nothing here is a result yet.';
    case 'failed':
      return 'The run failed before its end: nothing of it is a result.';
    case 'mismatch':
      return 'Do not use this result: a second, independent derivation came to another one.';
    case 'recovered':
    case 'verified':
      return ended(plan, report, verification);
  }
}

function ended(plan: Plan, report: RunReport, verification: Verification | null): string {
  const { verdict } = report;
  const changed = differing(report);
  switch (verdict.verdict) {
    case 'complete':
      return `Nothing is lost: ${keysOf(report)}, rebuilt from ${sourcesOf(plan, report)}${changed}.`;
    case 'incomplete': {
      const lost = lossOf(report);
      if (lost !== null) return `${capital(lost)}${standingIn(report)}; ${keysOf(report)}${keptOf(report)}${changed}.`;
      if (verification === null && verdict.missing.length === 1) {
        return `Recovered from ${sourcesOf(plan, report)} and not verified yet: no event is lost, ${keysOf(report)}${changed}.`;
      }
      return `Incomplete: ${describeMissing(verdict)[0] ?? 'something is missing'}; ${keysOf(report)}${changed}.`;
    }
    case 'bounded':
      return `Bounded: ${keysOf(report)}, to within ±${formatCount(verdict.plusMinus)}${changed}.`;
    case 'refused':
      return `Refused: ${describeReason(verdict.reason)}.`;
  }
}

/** `all 223 keys are exact`, or how many keys are how good. */
function keysOf({ fidelity, stateKeys }: RunReport): string {
  const words = Object.entries(fidelity.keys).filter(([, count]) => count > 0);
  const [only] = words;
  if (words.length === 1 && only !== undefined) {
    return stateKeys === 1 ? `the one key is ${only[0]}` : `all ${countOf(stateKeys, 'key')} are ${only[0]}`;
  }
  const parts = words.map(([word, count], index) => {
    return `${formatCount(count)} ${index > 0 ? '' : count === 1 ? 'is ' : 'are '}${word}`;
  });
  const last = parts.pop() ?? 'none';
  return `of ${countOf(stateKeys, 'key')}, ${parts.length === 0 ? last : `${parts.join(', ')} and ${last}`}`;
}

function sourcesOf({ segments }: Plan, { totals }: RunReport): string {
  const kinds = [...new Set(segments.filter(({ log }) => log !== null).map(({ as }) => sourceWords[as]))];
  return `${countOf(totals.applied, 'event')} of ${kinds.length === 0 ? 'no log' : kinds.join(' and ')}`;
}

const sourceWords = {
  log: 'the log',
  archive: 'the archive',
  external: 'other systems',
  fact: 'stated states',
  estimate: 'estimates',
} as const;

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function lossOf({ totals, lossUnknown }: RunReport): string | null {
  const parts = [
    ...(lossUnknown === true
      ? [unknownLoss(totals)]
      : totals.unavailable > 0
        ? [
            `${formatCount(totals.unavailable)} of ${countOf(totals.offsets, 'event')} ${totals.unavailable === 1 ? 'is' : 'are'} lost`,
          ]
        : []),
    ...(totals.quarantined > 0 ? [`${countOf(totals.quarantined, 'event')} could not be processed`] : []),
  ];
  return parts.length === 0 ? null : parts.join(' and ');
}

/** There is no log, and nothing else says how many events it had. */
function unknownLoss({ unavailable }: RunReport['totals']): string {
  const known =
    unavailable === 0
      ? ''
      : `, beside ${countOf(unavailable, 'offset')} that ${unavailable === 1 ? 'is' : 'are'} known of`;
  return `no log is left, and nobody knows how many events are lost${known}`;
}

function standingIn({ standIns = [], totals }: RunReport): string {
  const rows = standIns.filter(({ source }) => source.startsWith('records:'));
  const drawn = standIns.filter(({ source }) => source.startsWith('estimate:'));
  const sum = (of: typeof standIns): number => of.reduce((total, { applied }) => total + applied, 0);
  return [
    ...(sum(rows) > 0
      ? [`, ${countOf(sum(rows), 'row')} of other systems ${sum(rows) === 1 ? 'stands' : 'stand'} in`]
      : []),
    ...(sum(drawn) > 0
      ? [
          sum(drawn) === totals.unavailable && sum(rows) + totals.quarantined === 0
            ? ` and ${sum(drawn) === 1 ? 'was' : 'were'} estimated`
            : `, ${countOf(sum(drawn), 'event')} ${sum(drawn) === 1 ? 'was' : 'were'} estimated`,
        ]
      : []),
  ].join('');
}

/** Of how many keys the live value is given, since the rebuilt one is less likely right. */
function keptOf({ candidates }: RunReport): string {
  const fromLive = candidates?.fromLive ?? 0;
  return fromLive === 0 ? '' : ` (for ${formatCount(fromLive)} the live value is kept)`;
}

function differing({ live }: RunReport): string {
  if (live?.compared !== true) return '';
  if (live.differing === 0) return '; the live state agrees';
  const doubt = live.reason === null ? '' : ' (the live order is not recorded)';
  const keys =
    live.differing === live.keys
      ? countOf(live.keys, 'key')
      : `${formatCount(live.differing)} of ${countOf(live.keys, 'key')}`;
  return `; the live state differs in ${live.differing === live.keys && live.keys > 1 ? `all ${keys}` : keys}${doubt}`;
}
