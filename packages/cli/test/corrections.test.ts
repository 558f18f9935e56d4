import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishedSchemas } from '../src/documents/published-schemas.js';
import { textWidth } from '../src/terminal/text-width.js';
import { balanceWorker, smallEvents, writeSmallIncident } from './small-incident.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const run = (...words: readonly string[]) => runEventmend(folder, words);
const events = smallEvents(300);
const more = "context.emit('booked', { amount: event.value.amount });";
const yaml = 'live: { outputs: ./sent.ndjson }\norder: { by: recorded, file: ./order.ndjson }\n';

/** The service missed booking 50, booked 100 twice, and got 150 wrong; its balances are those of the last one of all. */
function writeIncident(): void {
  writeSmallIncident(folder, { events, more, yaml });
  writeFileSync(join(folder, 'worker.ts'), withBookings(balanceWorker.replace('/* MORE */', more)));
  const offsetOf = (n: number) => events.slice(0, n).filter(({ lane }) => lane === events[n]?.lane).length;
  const places = events.map(({ lane }, n) => ({ topic: 'bookings', partition: lane, offset: String(offsetOf(n)) }));
  writeFileSync(join(folder, 'order.ndjson'), places.map((place) => JSON.stringify(place)).join('\n') + '\n');
  const sent = events.flatMap(({ account, amount }, n) => {
    const record = (value: number) => ({ output: 'booked', key: account, value: { amount: value }, ...places[n] });
    if (n === 50) return [];
    if (n === 100) return [record(amount), record(amount)];
    return [record(n === 150 ? amount + 1 : amount)];
  });
  writeFileSync(join(folder, 'sent.ndjson'), sent.map((record) => JSON.stringify(record)).join('\n') + '\n');
}

function withBookings(worker: string): string {
  const booked = "booked: { kind: 'event', retract: (value) => ({ undo: value }) }, ";
  return worker.replace('outputs: { ', `outputs: { ${booked}`);
}

async function recovered(): Promise<string> {
  const { out, err, code } = await run('recover', '--yes', '--json');
  expect(code, err).toBe(0);
  return (JSON.parse(out) as { run: { runId: string } }).run.runId;
}

describe('eventmend corrections', () => {
  it('counts, lists, summarises and exports what is owed, and sends nothing', async () => {
    writeIncident();
    const runId = await recovered();
    const unverified = await run('corrections', runId);
    expect([unverified.code, unverified.err]).toEqual([0, '']);
    expect(unverified.out).toContain('Warning: this run is recovered, not verified');
    await run('verify', runId);

    const { out, code } = await run('corrections', runId, '--json');
    const document: unknown = JSON.parse(out);
    expect([code, publishedSchemas['corrections.output'].parse(document)]).toEqual([0, document]);
    expect(document).toMatchObject({
      runId,
      verified: true,
      counts: { intended: 600, recorded: 300, done: 298, owed: 12, replaced: 1, toRetract: 1, superseded: 289 },
      exported: null,
    });
    const stored = JSON.parse(
      readFileSync(join(folder, '.eventmend/runs', runId, 'corrections.json'), 'utf8'),
    ) as unknown;
    expect(stored).toMatchObject({ format_version: 1, runId, counts: (document as { counts: object }).counts });

    const shown = await run('corrections', runId, '--summary', '--out', 'c.ndjson');
    for (const line of shown.out.split('\n')) expect(textWidth(line), line).toBeLessThanOrEqual(80);
    expect(shown.out).toMatch(/Key a\d/);
    expect(shown.out).toMatch(/Wrote \d+ corrections to c\.ndjson: \d+ to send, 2 to retract, 0 only listed/);
    expect(shown.out.replaceAll(/\s+/g, ' ')).toContain('; an event with another value is retracted and sent anew');
    const lines = readFileSync(join(folder, 'c.ndjson'), 'utf8').trimEnd().split('\n');
    const written = lines.map((line) => JSON.parse(line) as { output: string; action: string; value: unknown });
    const { amount: missed } = events[50] ?? {};
    const { amount: twice } = events[100] ?? {};
    const { amount: wrong = 0 } = events[150] ?? {};
    expect(written.filter(({ output }) => output === 'booked').map(({ action, value }) => [action, value])).toEqual([
      ['send', { amount: missed }],
      ['retract', { undo: { amount: twice } }],
      ['retract', { undo: { amount: wrong + 1 } }],
      ['send', { amount: wrong }],
    ]);
    expect((await run('corrections', runId, '--out', 'c.ndjson')).err).toMatch(/error EM1006/);
  });

  it('limits all but the counts to a key', async () => {
    writeIncident();
    const runId = await recovered();
    const { account } = events[50] ?? { account: '' };
    const { out } = await run('corrections', runId, '--key', account, '--out', 'k.csv', '--json');
    const document = JSON.parse(out) as {
      keys: { key: string }[];
      first: { key: string; reason: string }[];
      exported: { rows: number };
    };
    expect(document.keys.map(({ key }) => key)).toEqual([account]);
    expect(new Set(document.first.map(({ key }) => key))).toEqual(new Set([account]));
    expect(document.exported.rows).toBe(document.first.length);
    const [{ reason } = { reason: '' }] = document.first;
    const some = await run('corrections', runId, '--key', account, '--reason', reason, '--out', 'm.ndjson');
    const lines = readFileSync(join(folder, 'm.ndjson'), 'utf8').trimEnd().split('\n');
    const sent = lines.filter((line) => (JSON.parse(line) as { action: string }).action === 'send').length;
    expect(some.out.replaceAll(/\s+/g, ' ')).toContain(
      `m.ndjson, only key ${account}, ${reason}: ${sent} to send, ${lines.length - sent} to retract`,
    );
  });

  it('refuses what cannot be compared', async () => {
    writeSmallIncident(folder, { events });
    const runId = await recovered();
    const nothing = await run('corrections', runId);
    expect([nothing.code, nothing.err.split(':')[0]]).toEqual([2, 'error EM1002']);
    const unknown = await run('corrections', 'r-00000000');
    expect([unknown.code, unknown.err.split(':')[0]]).toEqual([2, 'error EM4008']);
    writeSmallIncident(folder, { events, yaml: 'live: { outputs: ./sent.ndjson }\n' });
    writeFileSync(join(folder, 'sent.ndjson'), '');
    writeFileSync(join(folder, 'worker.ts'), balanceWorker.replace('bookings + 1', 'bookings + 2'));
    const changed = await run('corrections', runId);
    expect([changed.code, changed.err.split(':')[0]]).toEqual([14, 'error EM4002']);
    const report = join(folder, '.eventmend/runs', runId, 'report.json');
    const ended = JSON.parse(readFileSync(report, 'utf8')) as object;
    writeFileSync(report, JSON.stringify({ ...ended, status: 'interrupted' }));
    const begun = await run('corrections', runId);
    expect([begun.code, begun.err.split(':')[0]]).toEqual([2, 'error EM4011']);
    expect(begun.err.trimEnd().split('\n').at(-1)).toBe(`Next: eventmend resume ${runId}`);
  });
});
