import type { ReportCause, ReportJson, ReportKey } from '../../../documents/report-document.js';
import { countOf, formatCount } from '../../../terminal/format.js';
import type { Charts } from '../../../charts/load-charts.js';
import { keyChart } from '../charts/key-chart.js';
import { markup, type Html } from '../html.js';
import { fidelityTones, mark, more, place, tableOf } from '../words.js';
import { faultWords } from './diagnosis-chapter.js';

const standings: Readonly<Record<ReportKey['standing'], string>> = {
  same: 'agrees with live',
  differs: 'differs from live',
  'not-determined': 'differs, order not determined',
  'only-recovered': 'not in the live state',
  'only-live': 'only in the live state',
  'not-compared': 'not compared with live',
};

/** The worst keys and a sample, each with live and recovered value and what the value rests on. */
export function keysChapter({ keys, run }: ReportJson, charts: Charts): Html {
  if (keys === null)
    return markup`<p class="quiet">Left out: the run has not ended, and a part of a state is no state.</p>`;
  const { inAll, live, listed, masked, provenances } = keys;
  const sample = listed.filter(({ chosenAs }) => chosenAs === 'sample').length;
  const left = inAll - listed.length;
  return markup`
<p class="lead">${countOf(inAll, 'key')}; ${live}.</p>
${keyChart(keys, charts)}
${more('The figures', countTable(keys))}
<h3>${left === 0 ? 'All of them' : `The worst ${formatCount(listed.length - sample)}${sample === 0 ? '' : `, and ${formatCount(sample)} of the others`}`}</h3>
${left === 0 ? null : markup`<p class="quiet">${formatCount(left)} keys are not on this page. <code>eventmend report ${run.runId} --keys keys.ndjson</code> writes all of them beside it.</p>`}
${masked.length === 0 ? null : markup`<p class="quiet">Hidden, as the incident declares: ${masked.join(', ')}.</p>`}
<div class="tools" id="key-tools" hidden>
<div><label for="key-search">Search</label><input id="key-search" type="search" autocomplete="off" spellcheck="false" placeholder="key, value, offset"></div>
<div><label for="key-order">Order</label><select id="key-order"><option value="worst">worst first</option><option value="key">by key</option><option value="fidelity">by fidelity</option><option value="outputs">by wrong outputs</option></select></div>
<div><label for="key-which">Show</label><select id="key-which"><option value="all">all</option>${optionsOf(listed)}</select></div>
<p class="found" id="key-found" role="status"></p>
</div>
<ol class="keys" id="key-list">${listed.map((key) => markup`${keyItem(key, provenances[key.provenance] ?? [])}\n`)}</ol>
<button class="all" id="key-all" type="button" hidden>Show all</button>`;
}

function optionsOf(listed: readonly ReportKey[]): readonly Html[] {
  const fidelities = [...new Set(listed.flatMap(({ fidelity }) => (fidelity === null ? [] : [fidelity])))];
  const others = [...new Set(listed.map(({ standing }) => standing))];
  return [
    ...others.map((value) => markup`<option value="${value}">${standings[value]}</option>`),
    ...fidelities.map((value) => markup`<option value="${value}">${value}</option>`),
  ];
}

function keyItem(key: ReportKey, causes: readonly ReportCause[]): Html {
  const { standing, fidelity, outputs } = key;
  const wrong = outputs === null ? 0 : outputs.owed + outputs.replaced + outputs.toRetract;
  const tone = fidelity === null ? 'plain' : (fidelityTones[fidelity] ?? 'plain');
  return markup`<li data-key="${key.key}" data-fidelity="${fidelity ?? ''}" data-standing="${standing}" data-outputs="${wrong}"><details><summary><span class="name"><bdi>${key.key}</bdi></span><span class="change">${changeOf(key)}</span>${mark(tone, fidelity ?? 'no value')}</summary>
<div class="body"><div class="pair">${valueBox(key.taken === 'rebuilt' ? 'Recovered' : key.taken === 'kept' ? 'Recovered: the live value, kept' : 'Recovered: the live value, more likely right', key.recovered)}${key.taken === 'chosen' ? valueBox('Rebuilt, not taken', key.rebuilt) : valueBox('Live', key.live)}</div>
<h4>What the value rests on</h4>${causeList(causes)}
${key.faults.length === 0 ? null : markup`<h4>Faults that name it</h4><ul class="causes">${key.faults.map(({ kind, event }) => markup`<li>${faultWords[kind] ?? kind}: <code>${place(event)}</code></li>`)}</ul>`}
${outputs === null ? null : markup`<p class="quiet">Outputs: ${formatCount(outputs.owed)} owed, ${formatCount(outputs.replaced)} with another value, ${formatCount(outputs.toRetract)} to retract.</p>`}</div></details></li>`;
}

function changeOf({ difference, standing, taken }: ReportKey): Html {
  if (taken === 'chosen') return markup`live value taken, rebuilt one not trusted`;
  if (difference === null) return markup`${standings[standing]}`;
  return markup`<code>${difference.path}</code> ${difference.live} → <strong>${difference.recovered}</strong>${standing === 'not-determined' ? ' (order not determined)' : null}`;
}

function valueBox(title: string, value: string | null): Html {
  return markup`<div><h4>${title}</h4><pre>${value ?? 'no value'}</pre></div>`;
}

function causeList(causes: readonly ReportCause[]): Html {
  if (causes.length === 0)
    return markup`<p class="quiet">The live state alone: no event that can be read names this key.</p>`;
  return markup`<ul class="causes">${causes.map(({ text, detail }) => markup`<li>${text}${detail.length === 0 ? null : markup`<ul>${detail.map((line) => markup`<li>${line}</li>`)}</ul>`}</li>`)}</ul>`;
}

function countTable({ byFidelity, byStanding }: NonNullable<ReportJson['keys']>): Html {
  return markup`${tableOf(
    'Keys by fidelity',
    [{ title: 'Fidelity' }, { title: 'Keys', isNumber: true }],
    Object.entries(byFidelity).map(([word, count]) => [word, count]),
  )}
${tableOf(
  'Rebuilt values against live ones',
  [{ title: 'Standing' }, { title: 'Keys', isNumber: true }],
  Object.entries(byStanding).map(([word, count]) => [standings[word as ReportKey['standing']], count]),
)}`;
}
