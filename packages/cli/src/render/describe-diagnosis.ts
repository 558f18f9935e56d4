import type { FaultKind } from '@eventmend/core/engine';
import type { Diagnosis, EstimatedMoment, FaultPattern, MissingEvidence } from '@eventmend/log-replay';
import { formatCount } from '../terminal/format.js';
import { describeGaps } from './describe-gap.js';
import { describeOffset } from './describe-offset.js';
import { describePlacement } from './describe-placement.js';

/** The states that a diagnosis begins with. */
export function describeStart(start: Diagnosis['start']): string {
  if ('kind' in start) return start.text;
  return start.snapshot === null ? 'the beginning of the log' : `snapshot ${start.snapshot} (${start.basis})`;
}

/** What shows that the error began or ended then. */
export function describeMoment({ evidence }: EstimatedMoment): string {
  switch (evidence.kind) {
    case 'first-fault': {
      const { event, unwitnessed } = evidence;
      const before =
        unwitnessed === 0 ? '' : `; ${formatCount(unwitnessed)} events before the first record show nothing`;
      return `the first fault is ${describeOffset(event)}${before}`;
    }
    case 'last-fault': {
      const { event, handlings } = evidence;
      const of = handlings === null ? '' : `, of ${formatCount(handlings)} recorded handlings`;
      return `the last fault is ${describeOffset(event)}${of}`;
    }
    case 'text':
      return evidence.text;
  }
}

/** Evidence that would tell more, or why what is there could not be compared. */
export function describeEvidence(missing: MissingEvidence): string {
  switch (missing.kind) {
    case 'earlier-records':
      return `records of the ${formatCount(missing.events)} events between the start and the first record`;
    case 'ledger':
      return 'a ledger: events without outputs were taken for handled';
    case 'events-of-records':
      return `the events of ${formatCount(missing.records)} records: the log does not hold them (the first: ${missing.first ?? 'nothing'})`;
    case 'later-live-state':
      return `a live state from behind the last record: ${formatCount(missing.records)} records lie behind its position, and were not looked at`;
    case 'live-state-with-position':
      return 'the live state with its position: nothing says how far the service has read';
    case 'live-state-on-log':
      return `a live state that can be compared: ${describePlacement(missing.problem)}`;
    case 'records-in-handling-order':
      return 'records in the order of handling (`order`)';
    case 'deduplication-window':
      return 'the worker deduplicates, and a snapshot does not hold its window of recent ids';
    case 'no-later-states':
      return 'no snapshot and no live state with a position on this log lies behind the last right one';
    case 'gaps':
      return describeGaps(missing.gaps);
    case 'text':
      return missing.text;
  }
}

type SystematicExplanation = NonNullable<Diagnosis['states']>['systematic'][number];

/** `all 12 events with type = cancelled missed: explains 3 of 3 keys`. */
export function describeExplanation({ kind, property, events, explained, ofKeys }: SystematicExplanation): string {
  return `all ${formatCount(events)} events with ${property} ${kind}: explains ${formatCount(explained)} of ${formatCount(ofKeys)} keys`;
}

/** A pattern as one line: `value.distance >= 1500: 187 of 187 wrong results, 8 % of all events`. */
export function describePattern({ kind, property, faults, ofFaults, shareOfEvents }: FaultPattern): string {
  return `${property}: ${faults} of ${ofFaults} ${nouns[kind]}, ${percent(shareOfEvents)} of all events`;
}

const nouns: Readonly<Record<FaultKind | 'all', string>> = {
  missed: 'missed events',
  twice: 'events handled twice',
  'out-of-order': 'events out of order',
  wrong: 'wrong results',
  'not-sent': 'outputs not sent',
  'sent-twice': 'outputs sent twice',
  all: 'faults',
};

function percent(share: number): string {
  const value = share * 100;
  if (value === 0) return 'almost none';
  if (value < 0.1) return 'less than 0.1 %';
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} %`;
}
