import type { ReportJson } from '../../../documents/report-document.js';
import { formatCount } from '../../../terminal/format.js';
import { html, type Html } from '../html.js';
import { more, place, tableOf, when } from '../words.js';

export const faultWords: Readonly<Record<string, string>> = {
  missed: 'missed',
  twice: 'handled twice',
  'out-of-order': 'out of order',
  wrong: 'wrong result',
  'not-sent': 'output not sent',
  'sent-twice': 'output sent twice',
  all: 'all faults',
};

/** What went wrong, what the faulty events have in common, and examples. */
export function diagnosisChapter({ diagnosis }: ReportJson): Html {
  if (diagnosis === null) {
    return html`<p class="quiet">Nobody diagnosed this incident: what went wrong is not told. <code>eventmend diagnose</code> does.</p>`;
  }
  const { doubt, summary, consequences, undetermined, patterns, faults, faultsInAll, missing, onset, end } = diagnosis;
  return html`
${doubt === null ? null : html`<div class="notice" role="note"><p>But first: ${doubt}</p></div>`}
<p><strong>${summary}</strong>${consequences === null || consequences === 0 ? null : html`; ${formatCount(consequences)} later events differ as a consequence only, and are counted apart`}${undetermined === 0 ? null : html`; ${formatCount(undetermined)} cases cannot be told`}.</p>
${onset === null ? null : html`<p class="quiet">Began ${when(onset.time)}: ${onset.evidence}.${end === null ? null : html` Ended ${when(end.time)}: ${end.evidence}.`}</p>`}
${patterns.length === 0 ? null : html`<h3>Patterns</h3>${tableOf(
        'What the faulty events share and others mostly do not, the strongest first',
        [{ title: 'Pattern' }, { title: 'Of' }, { title: 'Share of them', isNumber: true }],
        patterns.map(({ text, kind, share }) => [text, faultWords[kind] ?? kind, `${Math.round(share * 100)} %`]),
      )}`}
${faults.length === 0 ? null : more(`The first faults of each kind (${formatCount(faults.length)} of ${formatCount(faultsInAll)})`, faultTable(faults))}
${missing.length === 0 ? null : more('Evidence that would tell more', html`<ul>${missing.map((text) => html`<li>${text}</li>`)}</ul>`)}`;
}

function faultTable(faults: NonNullable<ReportJson['diagnosis']>['faults']): Html {
  return tableOf(
    'Faults: causes, never consequences',
    [{ title: 'Event' }, { title: 'When' }, { title: 'Fault' }, { title: 'Keys' }, { title: 'Evidence' }],
    faults.map(({ event, time, kind, keys, evidence, other }) => [
      html`<code>${place(event)}</code>`,
      when(time),
      `${faultWords[kind] ?? kind}${other === null ? '' : `, against ${place(other)}`}`,
      keys.join(', '),
      evidence,
    ]),
  );
}
