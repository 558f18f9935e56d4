import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratchFolder } from '../../testing/scratch-folder.js';
import { readRunReport } from './read-run-report.js';
import { openRunCatalogue } from './run-catalogue.js';
import { runFiles } from './run-folder.js';

it('a report or verification that cannot be parsed counts as absent', () => {
  const folder = scratchFolder();
  try {
    const store = join(folder.file('placeholder', ''), '..', 'store');
    const id = 'r-0123abcd';
    const files = runFiles(store, id);
    mkdirSync(files.folder, { recursive: true });
    writeFileSync(files.plan, '{}');
    const runs = openRunCatalogue(store);
    for (const broken of ['', '{"runId":"r-01', 'null', '3', '[]']) {
      writeFileSync(files.report, broken);
      writeFileSync(files.verification, broken);
      expect(readRunReport(files)).toBeNull();
      expect(runs.list()).toEqual([]);
      expect(runs.report(id)).toBeNull();
      expect(runs.verification(id)).toBeNull();
    }
    writeFileSync(files.report, '{"runId":"r-0123abcd","status":"recovered"}');
    expect(readRunReport(files)).toMatchObject({ status: 'recovered' });
    expect(runs.list()).toHaveLength(1);
    // As versions before 0022 wrote them: sentences in place of coded cases.
    const verdict = { verdict: 'incomplete', missing: ['1 event unavailable'] };
    const live = { compared: false, reason: 'the live state cannot be read' };
    writeFileSync(files.report, JSON.stringify({ runId: id, status: 'recovered', verdict, notes: ['a note'], live }));
    expect(readRunReport(files)).toMatchObject({
      verdict: { missing: [{ kind: 'text', text: '1 event unavailable' }] },
      notes: [{ kind: 'text', text: 'a note' }],
      live: { compared: false, reason: { kind: 'text', text: 'the live state cannot be read' } },
    });
    const checks = [{ name: 'invariant total', result: 'passed', detail: 'holds for every key' }];
    writeFileSync(files.verification, JSON.stringify({ runId: id, checks, measures: {}, verdict }));
    expect(runs.verification(id)).toMatchObject({
      verdict: { missing: [{ kind: 'text', text: '1 event unavailable' }] },
      checks: [{ name: 'invariant total', detail: { kind: 'text', text: 'holds for every key' } }],
    });
  } finally {
    folder.remove();
  }
});
