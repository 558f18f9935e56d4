import { appendFileSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import { chromiumOrSkip } from '@eventmend/test-services';
import { openIncident } from '@eventmend/core';
import { prepareTablePublication, unfinishedPublications } from '@eventmend/core/engine';
import { readIncident, tableTarget } from '@eventmend/core/incident';
import { parseHTML } from 'linkedom';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportFileSchema } from '../src/documents/report-document.js';
import { columnsOfTable, faultyRows, valuesOf, writeTableIncident } from './publish-table-incident.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

/** A name that would act if it were ever markup. */
const hostileTable = '<b>rebuilt';
const chosenKey = 'a16';
const incidentFile = 'movements.incident.yaml';

let folder: string;
let remove: () => void;
let runId: string;
const run = (...words: string[]) => runEventmend(folder, words);
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

async function ok(...words: string[]) {
  const ended = await run(...words, '--json');
  expect([ended.code, ended.code === 0 ? '' : ended.err + ended.out]).toEqual([0, '']);
  return JSON.parse(ended.out);
}

async function publicationsIn(file: string) {
  await ok('report', runId, '--format', 'json', '--out', file, '--force');
  return reportFileSchema.parse(JSON.parse(read(file))).publications;
}

beforeAll(async () => {
  remove = temporaryFolder((path) => (folder = path));
  const database = new Database(join(folder, 'shop.db'));
  for (const table of ['sent', hostileTable]) database.exec(`CREATE TABLE "${table}" ${columnsOfTable('text')}`);
  database.exec(`INSERT INTO sent (id, kind, account, body, topic, part, at_offset) VALUES ${valuesOf(faultyRows())}`);
  database.close();
  writeTableIncident(folder, 'sqlite: shop.db');
  runId = (await ok('recover', '--yes')).run.runId as string;
  await ok('verify', runId);
});
afterAll(() => {
  remove();
});

describe('what a report says of publications', () => {
  it('is that there was none, until something is published', async () => {
    expect(await publicationsIn('none.json')).toBeUndefined();
    await ok('report', runId, '--out', 'none.html');
    expect(read('none.html')).toContain('Nothing of this run was published.');
    expect(read('none.html')).not.toContain('id="published"');
  });

  it('is what was sealed and never read back, where publishing was stopped in the middle', async () => {
    const incident = readIncident(join(folder, incidentFile));
    const open = await openIncident(incident);
    const request = {
      mode: 'rebuild',
      target: tableTarget(incident, hostileTable)!,
      now: Date.UTC(2026, 2, 2),
    } as const;
    const prepared = await prepareTablePublication(open, runId, request);
    const stopped = AbortSignal.abort();
    await expect(prepared.publish({}, { signal: stopped })).rejects.toThrow();
    await prepared.close();
    open.close();
    expect(unfinishedPublications(open.store, runId)).toHaveLength(1);
    const [begun] = (await publicationsIn('begun.json'))!;
    expect(begun).toMatchObject({ mode: 'rebuild', destination: 'table', name: hostileTable, readBack: null });
    await ok('report', runId, '--format', 'markdown', '--out', 'begun.md');
    expect(read('begun.md')).toMatch(/sealed and never read back: publishing was stopped in the middle/);
  });

  it('is each publication as it was read back, what was left alone, and why', async () => {
    await ok('publish', runId, '--rebuild', hostileTable, '--yes');
    await ok('publish', runId, '--corrections', '--keys', chosenKey, '--yes');
    const part = (await publicationsIn('part.json'))!;
    expect(part.map(({ mode, readBack }) => [mode, readBack?.complete])).toEqual([
      ['rebuild', true],
      ['corrections', false],
    ]);
    const { published, rows, leftAlone } = await ok('publish', runId, '--corrections', '--yes');
    const [, corrections] = (await publicationsIn('whole.json'))!;
    expect(corrections).toMatchObject({ name: 'sent', rows, chosen: { keys: [chosenKey] } });
    expect(corrections!.readBack).toMatchObject({ complete: true, published: published.records, dropped: 0 });
    expect(leftAlone.effects).toBeGreaterThan(0);
    expect(corrections!.leftAlone).toContain(
      `${leftAlone.effects} did something in the world: listed by eventmend corrections, never carried out`,
    );

    await ok('report', runId, '--out', 'published.html');
    const { document } = parseHTML(read('published.html'));
    const chapter = document.querySelector('#published')!;
    expect([...chapter.querySelectorAll('h3')].map((of) => of.textContent)).toEqual([
      `All outputs in their order, to the table ${hostileTable}`,
      'Corrections, to the table sent',
    ]);
    expect(chapter.textContent).toContain(`${rows} of ${rows} records read back, each once and in order.`);
    expect(chapter.textContent).toMatch(/left alone: \d+ did something in the world/);
    expect(chapter.textContent).toContain(chosenKey);
    expect(document.querySelector('#outputs a[href="#published"]')).not.toBeNull();
    expect((await run('verify', '--report', 'published.html')).code).toBe(0);
  });

  it('is checked like the other chapters: a report of before is found to differ', async () => {
    const found = await run('verify', '--report', 'none.html');
    expect([found.code, found.out.replaceAll(/\s+/g, ' ')]).toEqual([
      11,
      expect.stringMatching(/made anew, these differ: [a-z, ]*publications/),
    ]);
  });

  it('names no key that the incident hides', async () => {
    appendFileSync(join(folder, incidentFile), 'report: { mask: [key] }\n');
    for (const format of ['html', 'markdown', 'json']) {
      await ok('report', runId, '--format', format, '--out', `masked.${format}`);
      expect(read(`masked.${format}`)).not.toMatch(new RegExp(`\\b${chosenKey}\\b`));
    }
    const [, corrections] = (await publicationsIn('masked2.json'))!;
    expect(corrections!.chosen!.keys).toEqual([expect.stringMatching(/^key \d+$/)]);
  });
});

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

chromiumOrSkip(describe)('the chapter of publications, in a real browser', (program) => {
  it.each([1280, 360])('is reached, read and without any violation at %d pixels', async (width) => {
    const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] });
    try {
      const context = await browser.newContext({ viewport: { width, height: 800 }, bypassCSP: true });
      const page = await context.newPage();
      const said: string[] = [];
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', (error) => said.push(error.message));
      await page.goto(pathToFileURL(join(folder, 'published.html')).href);
      await page.locator('#outputs a[href="#published"]').click();
      expect(new URL(page.url()).hash).toBe('#published');
      const chapter = page.locator('#published');
      expect(await chapter.locator('h3').first().textContent()).toContain(hostileTable);
      expect(await chapter.locator('b').count()).toBe(0);
      await chapter.locator('summary').first().click();
      expect(await chapter.locator('table').first().isVisible()).toBe(true);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await page.evaluate(axe);
      const violations = await page.evaluate(
        "axe.run('#published').then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html))",
      );
      expect([violations, said]).toEqual([[], []]);
    } finally {
      await browser.close();
    }
  });
});
