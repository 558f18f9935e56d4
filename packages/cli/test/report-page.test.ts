import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import { reportSchema, type ReportJson } from '../src/documents/report-document.js';
import { renderMarkdown } from '../src/report/markdown/render-markdown.js';
import { loadCharts, type Charts } from '../src/charts/load-charts.js';
import { renderPage } from '../src/report/page/render-page.js';
import { reportOf } from './report-fixture.js';

let charts: Charts;
beforeAll(async () => (charts = await loadCharts()));

const plain = 'plain text';
const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><style>*{display:none}',
  '</script><script>',
  '--><b>',
  ']]><svg onload=alert(1)>',
  '&lt;b&gt;',
  'https://example.org/a.png',
  '\u202egnp.exe',
  'a\u0000b',
  '\u2066\u2069',
  'half \ud83d of a pair',
  'javascript:alert(1)',
  '[x](javascript:alert(1)) ![y](https://example.org/z.png) <https://example.org>',
  '| a | b |\n\n# title\n\n```\ncode',
  '{{ template }} ${x}',
  '\u001b[31mred',
];
const anyText = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.constantFrom(...`<>"'&/=\`!-[]()*_#|\\ax\u202e\u0000\ud800\n`), { maxLength: 30 })
    .map((of) => of.join('')),
);

/** What of a page is markup: elements, the names of attributes, and those of their values that are no text of the data. */
function skeletonOf(page: string): string {
  const { document } = parseHTML(page);
  const texts = new Set(['aria-label', 'data-key', 'value']);
  return [...document.querySelectorAll('*')]
    .filter((of) => of.closest('svg') === null || of.localName === 'svg')
    .map((of) => {
      const attributes = [...of.attributes].map(({ name, value }) => (texts.has(name) ? name : `${name}=${value}`));
      return `${of.localName} ${attributes.join(' ')}`;
    })
    .join('\n');
}

const drawn = new Set(['svg', 'g', 'rect', 'line', 'path', 'circle', 'text', 'tspan', 'title']);

/** A report in which sums by copies of the states stand in the place of estimated events. */
const withoutLog = (text: string): ReportJson => ({ ...reportOf(text), estimates: null });

describe('the page of a report', () => {
  it.each([
    ['of a log', reportOf],
    ['without a log', withoutLog],
  ])('%s has the same elements and attributes whatever stands in the data', (_, made) => {
    expect(reportSchema.safeParse(made(plain)).success).toBe(true);
    const expected = skeletonOf(renderPage(made(plain), charts));
    expect(expected).toContain('section id=keys');
    expect(expected).toContain('section id=estimates');
    fc.assert(
      fc.property(anyText, (text) => {
        const page = renderPage(made(text), charts);
        expect(skeletonOf(page)).toBe(expected);
        const inCharts = [...parseHTML(page).document.querySelectorAll('svg *')].map((of) => of.localName);
        expect(inCharts.filter((name) => !drawn.has(name))).toEqual([]);
      }),
      { seed: 20261119, numRuns: process.env['EVENTMEND_FULL'] === undefined ? 60 : 1500 },
    );
  });

  it.each(hostile)('shows %j as it is, and nowhere as it stands', (text) => {
    const page = renderPage(reportOf(text), charts);
    if (/[<>&]/.test(text)) expect(page).not.toContain(text);
    // eslint-disable-next-line no-control-regex -- they are what must not be there
    expect(page).not.toMatch(/[\u0000-\u0008\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])/);
    const { document } = parseHTML(page);
    expect(document.querySelectorAll('script')).toHaveLength(1);
    expect(document.querySelectorAll('style')).toHaveLength(1);
    expect(
      document.querySelectorAll('[style], [onload], [onerror], [onmouseover], iframe, img, link, base, form'),
    ).toHaveLength(0);
  });

  it('names no address: every link leads into the page itself', () => {
    const { document } = parseHTML(renderPage(reportOf(plain), charts));
    const links = [...document.querySelectorAll('[href], [src], [action], [xlink\\:href]')].map((of) =>
      of.getAttribute('href'),
    );
    expect(links.length).toBeGreaterThan(5);
    for (const link of links) expect(link).toMatch(/^#\w/);
    for (const target of links) expect(document.querySelector(target)).not.toBeNull();
  });

  it('is allowed one style and one script, by their hashes, and nothing else', () => {
    const { document } = parseHTML(renderPage(reportOf(plain), charts));
    const policy = document.querySelector('meta[http-equiv]')!.getAttribute('content')!;
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'$/,
    );
  });

  it('says the verdict first, and the chapters in their order', () => {
    const { document } = parseHTML(renderPage(reportOf(plain), charts));
    expect(document.querySelector('h1')!.textContent).toBe(plain);
    expect([...document.querySelectorAll('h2')].map((of) => of.textContent)).toEqual([
      'Timeline',
      'What was wrong',
      'Keys',
      'Estimates',
      'Outputs',
      'Published',
      'Strategies compared',
      'Accounts',
      'Verify again',
      'Hashes',
    ]);
  });

  it('leaves keys out of the report of a run that has not ended, and says so at the top', () => {
    const report = reportOf(plain);
    const run = { ...report.run, status: 'interrupted', hasEnded: false } as const;
    const { document } = parseHTML(renderPage({ ...report, run, keys: null }, charts));
    expect(document.querySelector('header .notice.bad')).not.toBeNull();
    expect(document.querySelector('#key-list')).toBeNull();
  });
});

describe('the draft of a post-mortem', () => {
  it('has no markup of the data in it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const draft = renderMarkdown(reportOf(text));
        // Of code spans only the quotes count; everything else of Markdown and HTML is escaped.
        const outside = draft.replace(/`[^`\n]*`/g, '').replace(/\\[\\`*_{}[\]()#+!|~^/.-]/g, '');
        expect(outside).not.toMatch(/<[a-z!/]|\]\(|https?:\/\//i);
        expect(outside.split('\n').filter((line) => line.startsWith('#'))).toHaveLength(11);
      }),
      { seed: 20261119, numRuns: process.env['EVENTMEND_FULL'] === undefined ? 200 : 5000 },
    );
  });
});
