import { createHash } from 'node:crypto';
import type { ReportJson } from '../../documents/report-document.js';
import { accountsChapter } from './chapters/accounts-chapter.js';
import { againChapter } from './chapters/again-chapter.js';
import { comparisonChapter } from './chapters/comparison-chapter.js';
import { diagnosisChapter } from './chapters/diagnosis-chapter.js';
import { estimatesChapter } from './chapters/estimates-chapter.js';
import { hashesChapter } from './chapters/hashes-chapter.js';
import { keysChapter } from './chapters/keys-chapter.js';
import { outputsChapter } from './chapters/outputs-chapter.js';
import { publicationsChapter } from './chapters/publications-chapter.js';
import { timelineChapter } from './chapters/timeline-chapter.js';
import { verdictHeader } from './chapters/verdict-header.js';
import { markup, trusted, type Html } from './html.js';
import type { Charts } from '../../charts/load-charts.js';
import { script } from './script.js';
import { style } from './style.js';

/** A chapter of the page; null where there is nothing to say. */
interface Chapter {
  readonly id: string;
  readonly title: string;
  readonly body: Html | null;
}

/** The report as one page that needs nothing but itself: the same bytes of the same report, every time. */
export function renderPage(report: ReportJson, charts: Charts): string {
  const chapters: readonly Chapter[] = [
    { id: 'timeline', title: 'Timeline', body: timelineChapter(report, charts) },
    { id: 'diagnosis', title: 'What was wrong', body: diagnosisChapter(report) },
    { id: 'keys', title: 'Keys', body: keysChapter(report, charts) },
    { id: 'estimates', title: 'Estimates', body: estimatesChapter(report, charts) },
    { id: 'outputs', title: 'Outputs', body: outputsChapter(report, charts) },
    { id: 'published', title: 'Published', body: publicationsChapter(report) },
    { id: 'comparison', title: 'Strategies compared', body: comparisonChapter(report) },
    { id: 'accounts', title: 'Accounts', body: accountsChapter(report) },
    { id: 'again', title: 'Verify again', body: againChapter(report) },
    { id: 'hashes', title: 'Hashes', body: hashesChapter(report) },
  ];
  const told = chapters.filter(({ body }) => body !== null);
  const title = `${report.incident.name} · ${report.run.runId}`;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the report</a>
<div class="page">
${verdictHeader(report)}
<div class="columns">
<nav class="chapters" aria-label="Chapters"><ol>${told.map(({ id, title: name }) => markup`<li><a href="#${id}">${name}</a></li>`)}</ol></nav>
<main id="content">
${told.map(({ id, title: name, body }) => markup`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${name}</h2>\n${body}</section>\n`)}
<footer>Made ${report.made.at.slice(0, 16).replace('T', ' ')} UTC by eventmend ${report.made.by} of run ${report.run.runId}, plan <span class="hash">${report.run.planId}</span>. All times are UTC. This file asks no network.</footer>
</main>
</div>
</div>
<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.html;
}

/** Nothing is loaded, sent or run but the one style and the one script of this page. */
function policy(): string {
  return [
    `default-src 'none'`,
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
