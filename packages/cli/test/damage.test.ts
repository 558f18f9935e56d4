import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publishedSchemas } from '../src/documents/published-schemas.js';
import { runEventmend } from './run-eventmend.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eventmend-damage-'));
  writeFileSync(
    join(folder, 'worker.mjs'),
    `import { defineWorker } from '@eventmend/core';
export default defineWorker({ name: 'acc', version: '1.0.0', locality: 'partition', key: ({ value }) => value.k,
  initial: () => ({ sum: 0 }), evolve: ({ sum }, { value }) => ({ sum: sum + value.n }) });\n`,
  );
  writeFileSync(
    join(folder, 'log.ndjson'),
    Buffer.concat([
      Buffer.from('{"p":0,"o":0,"k":"ada","n":5}\n{"p":0,"o":1,"k":"a\n{"p":1,"o":0,"k":"b'),
      Buffer.from([0xff]),
      Buffer.from(
        'b","n":1}\n{"p":1,"o":1,"k":"cyd","n":2}\n{"p":2,"o":0,"k":"dan","n":1}\n{"p":2,"o":0,"k":"dan","n":2}\n',
      ),
    ]),
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function incident(more = ''): void {
  writeFileSync(
    join(folder, 'acc.incident.yaml'),
    `format_version: 1
name: acc
worker: ./worker.mjs
log:
  ndjson: [log.ndjson]
  mapping: { topic: acc, partition: p, offset: o, key: k }
${more}`,
  );
}

const run = (...words: string[]) => runEventmend(folder, words);

describe('damaged records', () => {
  it('are all named by doctor and plan, and stop a plan where nothing may be parked', async () => {
    incident();
    const doctor = await run('doctor');
    expect(doctor.code).toBe(16);
    for (const text of [
      '3 records cannot be read',
      'line 2',
      'line 3',
      'line 5',
      'line 6',
      'poison: quarantine-event',
    ]) {
      expect(doctor.out.replace(/\s+/g, ' ')).toContain(text);
    }
    const plan = await run('plan', '--json');
    expect(plan.code).toBe(1);
    const error = publishedSchemas['error.output'].parse(JSON.parse(plan.out)).error;
    expect(error).toMatchObject({ code: 'EM2104', details: { offsets: 3 } });
    expect(error.message).toMatch(/^3 offsets hold records that cannot be read: .*line 2.*line 3.*line 5/);
  });

  it('are parked under a quarantine policy, and the rest is recovered and verified', async () => {
    incident('poison: quarantine-event\n');
    expect((await run('doctor')).code).toBe(0);
    const recovered = await run('recover', '--yes', '--json');
    const { run: report } = publishedSchemas['recover.output'].parse(JSON.parse(recovered.out));
    if (report === null) throw new Error('no run');
    expect(report.totals).toMatchObject({ offsets: 5, applied: 2, quarantined: 3, unavailable: 0 });
    const verified = await run('verify', report.runId);
    expect(verified.code).toBe(0);
    expect(verified.out).toMatch(/\b0 failed\b/);
    await run('export', report.runId, '--what', 'quarantined', '--out', 'parked.ndjson');
    const parked = readFileSync(join(folder, 'parked.ndjson'), 'utf8').trim().split('\n');
    expect(parked.map((line) => (JSON.parse(line) as { code: string }).code)).toEqual([
      'damaged',
      'damaged',
      'damaged',
    ]);
  });

  it('do not stop an import, which keeps them and names them', async () => {
    const words = ['--topic', 'acc', '--partition', 'p', '--offset', 'o', '--key', 'k'];
    const imported = await run('archive', 'import', 'log.ndjson', '--into', 'a.archive', ...words);
    expect([imported.code, imported.err]).toEqual([0, '']);
    expect(imported.out.replace(/\s+/g, ' ')).toContain('3 records could not be read');
    const info = publishedSchemas['archive-info.output'].parse(
      JSON.parse((await run('archive', 'info', 'a.archive', '--json')).out),
    );
    expect(info.archive.damage?.map(({ kind, partition, from, form }) => [kind, partition, from, form])).toEqual([
      ['unreadable', 0, '1', 'line'],
      ['unreadable', 1, '0', 'line'],
      ['contradiction', 2, '0', 'line'],
    ]);
    expect((await run('archive', 'verify', 'a.archive')).code).toBe(0);
    const exported = await run('archive', 'export', 'a.archive', '--out', 'whole.ndjson');
    expect(exported.out.replace(/\s+/g, ' ')).toContain(
      'Exported 2 events to whole.ndjson Left out: 3 damaged records, and 1 event that something contradicts',
    );
    const document = publishedSchemas['archive-export.output'].parse(
      JSON.parse((await run('archive', 'export', 'a.archive', '--out', 'again.ndjson', '--json')).out),
    );
    expect(document).toMatchObject({ events: 2, contradicted: 1, damaged: 3 });
  });

  it('are no gaps, and gaps that are declared with a reason are none', async () => {
    writeFileSync(join(folder, 'log.ndjson'), '{"p":0,"o":1,"k":"ada","n":5}\n{"p":0,"o":3,"k":"ada","n":1}\n');
    incident();
    expect((await run('plan')).code).toBe(13);
    const gaps = '  gaps: [{ before: 1, reason: begins at 1 }, { up_to: 1, reason: transaction markers }]\n';
    incident(gaps);
    const plan = await run('plan', '--out', 'p.json');
    expect(plan.code).toBe(0);
    expect(plan.out.replace(/\s+/g, ' ')).toContain(
      'declared to hold no event: acc[0] 2-2 (1 offset): transaction markers',
    );
    expect(plan.out).toContain('no loss');
    incident(gaps.replace('before: 1', 'before: 2'));
    const contradicted = await run('plan');
    expect(contradicted.code).toBe(2);
    expect(contradicted.err.replace(/\s+/g, ' ')).toContain('never held an event, and a log holds one there');
  });
});
