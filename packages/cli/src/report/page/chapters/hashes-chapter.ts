import type { ReportHash, ReportJson } from '../../../documents/report-document.js';
import { html, type Html } from '../html.js';
import { tableOf } from '../words.js';

const names: Readonly<Record<ReportHash['what'], string>> = {
  incident: 'configuration: the meaning of the incident file',
  plan: 'plan',
  worker: 'worker: its code and all that it imports',
  log: 'log: what the plan reads of it',
  reference: 'reference data',
  snapshot: 'snapshot',
  live: 'live state',
  outputs: 'recorded outputs',
  ledger: 'recorded handlings',
  state: 'result: recovered states',
  intended: 'result: intended outputs',
  kept: 'result: what is kept of the live state',
  verification: 'verification',
  diagnosis: 'diagnosis',
};

/** What this report rests on, named so that it can be held against it later. */
export function hashesChapter({ hashes, run }: ReportJson): Html {
  return html`
<p class="lead">The seal at the end of this file holds the hash of all that stands before it. <code>eventmend verify --report FILE</code> holds it, and these, against the run and its inputs.</p>
${tableOf(
    `SHA-256 of inputs, worker, configuration and results of ${run.runId}`,
    [{ title: 'Of' }, { title: 'Name' }, { title: 'SHA-256' }],
    hashes.map(({ what, name, sha256 }) => [names[what], name, html`<code class="hash">${sha256 ?? 'not known: cannot be checked later'}</code>`]),
  )}`;
}
