import type { ReportJson } from '../documents/report-document.js';
import { renderMarkdown } from './markdown/render-markdown.js';
import { sealOf, type ReportFormat, type SealedFile } from './seal/seal.js';

/** A report in one of its forms, and the seal of it: the same bytes of the same report. */
export async function renderReport(report: ReportJson, format: ReportFormat): Promise<SealedFile> {
  const body = await bodyOf(report, format);
  return { body, seal: sealOf(report, format, body) };
}

async function bodyOf(report: ReportJson, format: ReportFormat): Promise<string> {
  switch (format) {
    case 'html': {
      const { loadCharts } = await import('../charts/load-charts.js');
      const { renderPage } = await import('./page/render-page.js');
      return renderPage(report, await loadCharts());
    }
    case 'markdown':
      return renderMarkdown(report);
    case 'json':
      return JSON.stringify(report, null, 2).replace(/\n\}$/, '');
  }
}
