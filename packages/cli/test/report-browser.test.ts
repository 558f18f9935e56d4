import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromiumOrSkip } from '@eventmend/test-services';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostileKeys, writeHostileIncident } from './hostile-incident.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

const describeInBrowser = chromiumOrSkip(describe);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describeInBrowser('the page of a report, in a real browser', (program) => {
  let folder: string;
  let remove: () => void;
  let browser: Browser;
  const said: string[] = [];
  const asked: string[] = [];

  beforeAll(async () => {
    remove = temporaryFolder((path) => (folder = path));
    writeHostileIncident(folder, '', 900);
    const recovered = await runEventmend(folder, ['recover', '--yes', '--json']);
    const { run } = JSON.parse(recovered.out) as { run: { runId: string } };
    await runEventmend(folder, ['verify', run.runId]);
    const made = await runEventmend(folder, ['report', run.runId, '--out', 'page.html']);
    expect([made.code, made.err]).toEqual([0, expect.not.stringMatching(/^error/m)]);
    browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser.close();
    remove();
  });

  /** Everything that a page says on its console, and all that it asks for, is written down. */
  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => said.push(error.message));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(join(folder, 'page.html')).href);
    return page;
  }

  it('opens, is searched, sorted and clicked through, and what stands in the data never acts', async () => {
    const page = await open();
    const title = await page.title();
    const shown = page.locator('#key-list > li:visible');
    expect(await shown.count()).toBe(hostileKeys.length);
    await page.getByLabel('Search').fill('日本語');
    expect(await shown.count()).toBe(1);
    expect(await page.locator('#key-found').textContent()).toBe(`1 of ${hostileKeys.length} keys`);
    await page.getByLabel('Search').fill('');
    await page.getByLabel('Order').selectOption('key');
    const names = await page.locator('#key-list .name').allTextContents();
    expect(names).toEqual([...names].sort(new Intl.Collator('en', { numeric: true }).compare));
    await page.getByLabel('Search').fill('in no key and no value');
    expect(await shown.count()).toBe(0);
    await page.getByLabel('Search').fill('');
    await page.getByLabel('Show').selectOption('differs');
    expect(await shown.count()).toBe(hostileKeys.length);
    const first = page.locator('#key-list details').first();
    await first.locator('summary').click();
    expect(await first.locator('.body').isVisible()).toBe(true);
    expect(await first.locator('.causes').first().textContent()).toMatch(/notes\[0\] offsets 0–899/);
    expect(await page.title()).toBe(title);
    expect(await page.locator('#x').count()).toBe(0);
    await page.context().close();
  });

  it('is worked through with the keyboard', async () => {
    const page = await open();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the report');
    const summary = page.locator('#key-list summary').first();
    await summary.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#key-list details').first().getAttribute('open')).not.toBeNull();
    await page.context().close();
  });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
    ['dark', 360],
    ['light', 2560],
  ] as const)(
    'has no violation that axe finds, %s at %d pixels, and fits',
    async (colorScheme, width) => {
      // The policy of the page keeps even axe out: it is opened without it for this alone.
      const page = await open({ colorScheme, viewport: { width, height: 800 }, bypassCSP: true });
      for (const details of await page.locator('details').all())
        await details.evaluate((of) => of.setAttribute('open', ''));
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await page.evaluate(axe);
      const violations = await page.evaluate(
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html))",
      );
      expect(violations).toEqual([]);
      await page.context().close();
    },
    600_000,
  );

  it('is printed', async () => {
    const page = await open();
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('nav.chapters').isVisible()).toBe(false);
    expect(await page.locator('#key-tools').isVisible()).toBe(false);
    await page.context().close();
  });

  it('shows all of it without any script', async () => {
    const page = await open({ javaScriptEnabled: false });
    expect(await page.locator('#key-list > li').count()).toBe(hostileKeys.length);
    expect(await page.locator('#key-tools').isVisible()).toBe(false);
    await page.locator('#key-list summary').first().click();
    expect(await page.locator('#key-list .body').first().isVisible()).toBe(true);
    await page.context().close();
  });

  it('said nothing on the console, and asked for nothing but itself', () => {
    expect(said).toEqual([]);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((url) => !url.endsWith('/page.html') || !url.startsWith('file:'))).toEqual([]);
  });
});
