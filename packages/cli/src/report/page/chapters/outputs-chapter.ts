import type { ReportJson } from '../../../documents/report-document.js';
import { countOf, formatCount } from '../../../terminal/format.js';
import type { Charts } from '../../../charts/load-charts.js';
import { shareBar } from '../charts/share-bar.js';
import { markup, type Html } from '../html.js';
import { more, place, tableOf, when } from '../words.js';

const actions = { send: 'send', retract: 'retract', list: 'only listed' } as const;

/** What the receivers of the outputs were told, and what is owed to them. Nothing is sent by a report. */
export function outputsChapter({ outputs, publications, quarantined }: ReportJson, charts: Charts): Html {
  const published =
    publications === undefined
      ? markup`Nothing of this run was published.`
      : markup`What of this run was <a href="#published">published</a> is told in the next chapter.`;
  return markup`${outputs.counts === null ? notCompared(outputs, published) : compared(outputs, outputs.counts, published, charts)}${parked(quarantined)}`;
}

function notCompared({ notCompared: why, intended }: ReportJson['outputs'], published: Html): Html {
  return markup`<p class="lead">${countOf(intended, 'output')} intended. Not compared with what was sent: ${why ?? 'no reason given'}. ${published}</p>`;
}

function compared(
  { intended, unknown, first }: ReportJson['outputs'],
  counts: NonNullable<ReportJson['outputs']['counts']>,
  published: Html,
  charts: Charts,
): Html {
  const { done, owed, replaced, toRetract, superseded, recorded, outsideRun, send, retract, list } = counts;
  return markup`
<p class="lead">${countOf(intended, 'output')} intended, ${formatCount(recorded)} recorded by the service${outsideRun === 0 ? '' : ` (${formatCount(outsideRun)} of events outside of the run)`}. To put it right: ${formatCount(send)} to send, ${formatCount(retract)} to retract, ${formatCount(list)} only listed. ${published}</p>
${shareBar(
  [
    { name: 'done: recorded as intended', count: done, colour: 'var(--exact)' },
    { name: 'owed: never sent', count: owed, colour: 'var(--estimate)' },
    { name: 'sent with another value', count: replaced, colour: 'var(--gone)' },
    { name: 'to retract', count: toRetract, colour: 'var(--gone)', isHollow: true },
    { name: 'superseded: a newer value stands', count: superseded, colour: 'var(--external)' },
    { name: 'unknown', count: counts.unknown, colour: 'var(--unproven)', isHollow: true },
  ],
  'Outputs',
  charts,
)}
${unknown.length === 0 ? null : markup`<h3>Unknown, and why</h3><ul>${unknown.map(({ reason, count, first: example }) => markup`<li>${formatCount(count)}: ${reason}${example === null ? null : markup`; first: ${example}`}</li>`)}</ul>`}
${first.length === 0 ? null : more(`The first ${formatCount(first.length)} corrections`, correctionTable(first))}`;
}

function correctionTable(first: ReportJson['outputs']['first']): Html {
  return tableOf(
    'Corrections in the order in which they are owed',
    [
      { title: 'Event' },
      { title: 'When' },
      { title: 'Do' },
      { title: 'Output' },
      { title: 'Key' },
      { title: 'Why' },
      { title: 'Was sent' },
      { title: 'Should be' },
    ],
    first.map(({ event, time, action, output, key, reason, was, value }) => [
      markup`<code>${place(event)}</code>`,
      when(time),
      actions[action],
      output,
      markup`<bdi>${key}</bdi>`,
      reason,
      markup`<code>${was ?? 'nothing'}</code>`,
      markup`<code>${value ?? 'nothing'}</code>`,
    ]),
  );
}

function parked({ inAll, first }: ReportJson['quarantined']): Html | null {
  if (inAll === 0) return null;
  return markup`<h3>Parked events</h3><p class="quiet">${countOf(inAll, 'event')} could not be processed, and ${inAll === 1 ? 'was' : 'were'} set aside with all keys that ${inAll === 1 ? 'it names' : 'they name'}.</p>
${tableOf(
  first.length < inAll ? 'The first of them' : 'All of them',
  [{ title: 'Event' }, { title: 'Keys' }, { title: 'Code' }, { title: 'Reason' }],
  first.map(({ event, keys, code, reason }) => [
    markup`<code>${place(event)}</code>`,
    keys === null ? 'not known' : keys.join(', '),
    code,
    reason,
  ]),
)}`;
}
