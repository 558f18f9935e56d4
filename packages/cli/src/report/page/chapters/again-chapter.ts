import type { ReportJson } from '../../../documents/report-document.js';
import { html, type Html } from '../html.js';
import { tableOf } from '../words.js';

const signs = { passed: '✓ passed', failed: '✗ failed', 'not-checked': '– not checked' } as const;

/** What was verified, what was not, and the commands that show it again. */
export function againChapter({ verification, again, run }: ReportJson): Html {
  return html`
${verification === null ? html`<p><strong>Not verified.</strong> <code>eventmend verify ${run.runId}</code> derives the result a second time, independently.</p>` : tableOf(
    'Checks of the verification',
    [{ title: 'Check' }, { title: 'Result' }, { title: 'What it saw' }],
    verification.checks.map(({ name, result, detail }) => [name, html`<span class="sign">${signs[result]}</span>`, detail]),
  )}
<p class="quiet">Worker: ${run.worker.check}.</p>
<h3>Commands</h3>
<dl class="commands">${again.map(({ command, what }) => html`<dt><pre>${command}</pre></dt><dd>${what}</dd>`)}</dl>`;
}
