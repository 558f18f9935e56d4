import type { ReportJson } from '../../../documents/report-document.js';
import { countOf, formatCount } from '../../../terminal/format.js';
import type { Charts } from '../../../charts/load-charts.js';
import { legendOfTimeline, timelineChart } from '../charts/timeline-chart.js';
import { markup, type Html } from '../html.js';
import { more, tableOf, when } from '../words.js';

const findings: Readonly<Record<string, string>> = {
  proven: 'proven',
  declared: 'declared trusted',
  differs: 'differs',
  'order-not-determined': 'order not determined',
  'not-comparable': 'not comparable',
  'not-checked': 'not checked',
};

/** What of the log was there, what was not, and what happened when. */
export function timelineChapter({ timeline, diagnosis }: ReportJson, charts: Charts): Html {
  const { onset, end, deploys, snapshots, segments, more: left } = timeline;
  const gone = segments.filter(({ state }) => state === 'gone' || state === 'damaged' || state === 'stood-in');
  return markup`
<p class="lead">${onset === null ? 'The incident file does not say when the error began.' : markup`The error began at ${when(onset)} ${end === null ? 'and has no stated end.' : markup`and ended at ${when(end)}.`}`} ${diagnosis?.onset == null ? null : markup`The first fault that is shown: ${when(diagnosis.onset.time)}${diagnosis.end === null ? null : markup`, the last: ${when(diagnosis.end.time)}`}.`}</p>
${timelineChart(timeline, charts)}
${legendOfTimeline(timeline)}
${snapshots.length === 0 ? markup`<p class="quiet">No snapshot was looked at.</p>` : more(`The ${countOf(snapshots.length, 'snapshot')}, and what came of each`, snapshotTable(snapshots))}
${more(`${countOf(segments.length, 'range')} of the log${gone.length === 0 ? '' : `, ${formatCount(gone.length)} of them not held by it`}`, segmentTable(segments, left))}
${deploys.length === 0 ? null : markup`<h3>Deploys</h3><ul>${deploys.map(({ at, name }) => markup`<li>${when(at)} ${name}</li>`)}</ul>`}`;
}

function snapshotTable(snapshots: ReportJson['timeline']['snapshots']): Html {
  return tableOf(
    'Snapshots and checkpoints, held against the replay',
    [
      { title: 'Snapshot' },
      { title: 'Taken' },
      { title: 'Finding' },
      { title: 'Keys agree', isNumber: true },
      { title: 'Why' },
    ],
    snapshots.map(({ id, takenAt, finding, keysCompared, keysDiffering, reason, isBaseline }) => [
      id,
      when(takenAt),
      `${findings[finding] ?? finding}${isBaseline ? ', the run begins here' : ''}`,
      keysCompared === 0 ? '–' : `${formatCount(keysCompared - keysDiffering)} of ${formatCount(keysCompared)}`,
      reason,
    ]),
  );
}

const states: Readonly<Record<string, string>> = {
  held: 'read',
  gone: 'held by nothing',
  damaged: 'cannot be read',
  declared: 'declared to hold no event',
  'stood-in': 'held by nothing; other systems have all of it',
};

function segmentTable(segments: ReportJson['timeline']['segments'], left: number): Html {
  return markup`${tableOf(
    'Ranges of the log, as the plan reads them',
    [
      { title: 'Partition' },
      { title: 'Offsets' },
      { title: 'Events', isNumber: true },
      { title: 'From' },
      { title: 'To' },
      { title: 'Coverage' },
      { title: 'Fidelity' },
    ],
    segments.map(({ row, from, to, events, first, last, as, state, fidelity }) => [
      row,
      `${from}–${Number(to) - 1}`,
      events,
      when(first),
      when(last),
      state === 'held' ? as : (states[state] ?? state),
      fidelity,
    ]),
  )}${left === 0 ? null : markup`<p class="quiet">and ${formatCount(left)} more ranges, all of them read</p>`}`;
}
