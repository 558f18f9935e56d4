import type { ReportJson } from '../../../documents/report-document.js';
import { formatCount, formatDuration } from '../../../terminal/format.js';
import { markup, type Content, type Html } from '../html.js';
import { mark, type Tone } from '../words.js';

/** The first thing that is read: verdict and loss in one sentence, what to know before the rest, and the figures. */
export function verdictHeader(report: ReportJson): Html {
  const { incident, run, headline, warnings, verdict } = report;
  const missing = verdict.verdict === 'incomplete' ? verdict.missing : [];
  return markup`<header class="top">
<p class="crumbs"><span>Incident <strong>${incident.name}</strong></span><span>Run <strong>${run.runId}</strong></span><span>${run.strategy}</span><span>worker ${run.worker.name}@${run.worker.version}</span>${mark(toneOf(report), statusText(report))}</p>
<h1>${headline}</h1>
${warnings.length === 0 ? null : markup`<div class="notice${run.hasEnded ? '' : ' bad'}" role="note">${warnings.map((text) => markup`<p>${text}</p>`)}</div>`}
${missing.length === 0 ? null : markup`<details class="more"><summary>What keeps it from being complete (${missing.length})</summary><ul>${missing.map((text) => markup`<li>${text}</li>`)}</ul></details>`}
<dl class="figures">${figuresOf(report).map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`;
}

function toneOf({ run, verdict }: ReportJson): Tone {
  if (!run.hasEnded || run.status === 'mismatch' || verdict.verdict === 'refused') return 'bad';
  return verdict.verdict === 'complete' && run.status === 'verified' ? 'good' : 'warn';
}

const statuses: Readonly<Record<ReportJson['run']['status'], string>> = {
  running: 'still running',
  interrupted: 'interrupted',
  failed: 'failed',
  recovered: 'not verified',
  verified: 'verified',
  mismatch: 'not reproduced',
};

function statusText({ run, verdict }: ReportJson): string {
  return run.hasEnded ? `${verdict.verdict}, ${statuses[run.status]}` : statuses[run.status];
}

function figuresOf({ accounts, keys, outputs, run }: ReportJson): readonly (readonly [string, Content])[] {
  const { total } = accounts;
  const figures: (readonly [string, Content])[] = [
    ['events applied', formatCount(total.applied)],
    ['events lost', accounts.lossUnknown === true ? 'unknown' : formatCount(total.unavailable)],
  ];
  if (total.quarantined > 0) figures.push(['events parked', formatCount(total.quarantined)]);
  if (keys !== null) {
    figures.push(['keys', formatCount(keys.inAll)]);
    figures.push(['keys exact', formatCount(keys.byFidelity.exact ?? 0)]);
  }
  if (outputs.counts !== null) {
    const { owed, replaced, toRetract } = outputs.counts;
    figures.push(['outputs to correct', formatCount(owed + replaced + toRetract)]);
  }
  figures.push(['recovery took', formatDuration(run.elapsedMs)]);
  return figures;
}
