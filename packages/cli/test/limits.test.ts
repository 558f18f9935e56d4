import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishedSchemas, type PublishedSchema } from '../src/documents/published-schemas.js';
import { expectedBalances, smallEvents, writeSmallIncident } from './small-incident.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

const events = smallEvents(60);

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));
beforeEach(() => {
  writeSmallIncident(folder, { events });
});

const run = (...words: readonly string[]) => runEventmend(folder, words);

async function document(name: PublishedSchema, ...words: readonly string[]): Promise<Record<string, never>> {
  const { out } = await run(...words, '--json');
  const parsed: unknown = JSON.parse(out);
  expect(publishedSchemas[name].parse(parsed)).toEqual(parsed);
  return parsed as Record<string, never>;
}

describe('a limited recovery on the command line', () => {
  it('says what it is limited to from plan to export, and holds nothing else', async () => {
    const planned = await run('plan', '--where', 'key in ("a1", "a4")', '--out', 'p.json');
    expect(planned.out).toMatch(/scope +2 of 11 keys, \d+ of 60 events: where key in \("a1", "a4"\)/);
    expect(planned.out).toMatch(/untouched +all other keys, the live state/);
    const recovered = await run('recover', '--plan', 'p.json');
    expect(recovered.code, recovered.err).toBe(0);
    expect(recovered.out).toMatch(/scope +2 of 11 keys, \d+ of 60 events; all others not touched/);
    expect(recovered.out).toMatch(/60 offsets = \d+ applied \+ \d+ out of scope/);
    const runId = /r-[0-9a-f]{8}/.exec(recovered.out)?.[0] ?? '';
    const verified = await run('verify', runId);
    expect(verified.out).toMatch(/scope: all 2 stored keys are of the 2 in scope/);
    const exported = await run('export', runId, '--out', 'state.ndjson');
    expect(exported.out).toContain('It holds 2 of 11 keys only: all other keys stay as the live state has them');
    const lines = readFileSync(join(folder, 'state.ndjson'), 'utf8').trimEnd().split('\n');
    const { a1, a4 } = expectedBalances(events);
    expect(lines.map((line) => (JSON.parse(line) as { state: unknown }).state)).toEqual([a1, a4]);
    await document('runs.output', 'runs');
    await document('export.output', 'export', runId, '--out', 'again.ndjson');
  });

  it('reads a key file with a byte order mark, other line ends, blank lines and keys twice', async () => {
    writeFileSync(join(folder, 'keys.txt'), '\ufeffa1\r\n\r\n  \r\na4\r\na1\n\n');
    const { plan } = await document('plan.output', 'plan', '--key-file', 'keys.txt', '--keys', 'a4,a7,,a7');
    expect(plan).toMatchObject({ scope: { request: { keys: 3 }, keys: ['a1', 'a4', 'a7'], unknown: { count: 0 } } });
  });

  it('names keys that no event names, and gives the options back in the next command', async () => {
    const { out } = await run('plan', '--keys', 'a1,tpyo', '--partition', 'bookings:1', '--where', 'key = "a4"');
    expect(out).toContain('warning: neither baseline nor range knows "tpyo"');
    expect(out).toContain('2 keys by name; where key = "a4"');
    expect(out.trimEnd().split('\n').at(-1)).toBe(
      `Next: eventmend recover --keys a1,tpyo --where 'key = "a4"' --partition bookings:1`,
    );
  });

  it('asks for consent where events draw further keys in, with the command that gives it', async () => {
    const worker = readFileSync(join(folder, 'worker.ts'), 'utf8');
    const both = "keys: ({ value, offset }) => (offset === 5 ? [value.account, 'shared'] : [value.account]),";
    writeFileSync(
      join(folder, 'worker.ts'),
      worker
        .replace('key: (event) => event.value.account,', both)
        .replace(
          'evolve(state, event, context) {',
          'evolve(states, event, context) {\n const state = states.get(event.value.account);',
        )
        .replace('return { balance,', 'states.set(event.value.account, { balance,')
        .replace('+ 1 };', '+ 1 });'),
    );
    const refused = await run('plan', '--keys', 'shared', '--out', 'p.json');
    expect([refused.code, refused.out]).toEqual([16, '']);
    expect(refused.err).toMatch(/error EM4012: events connect the chosen keys \(1\) with \d+ others/);
    expect(refused.err).toMatch(/key "a\d+" joins "shared" through bookings\[\d\]@5/);
    const next = refused.err.trimEnd().split('\n').at(-1) ?? '';
    expect(next).toBe('Next: eventmend plan --keys shared --accept-closure --out p.json');
    const accepted = await run(...next.replace('Next: eventmend ', '').split(' '));
    expect(accepted.code, accepted.err).toBe(0);
    expect(accepted.out).toMatch(/scope +\d+ of 12 keys \(1 chosen, \d+ drawn in by events\)/);
    expect((await run('recover', '--yes', '--keys', 'shared')).code).toBe(16);
  });

  it.each([
    [['--keys', ','], 'EM1001', /--keys names no key/],
    [['--partition', 'x'], 'EM1001', /--partition "x" is not understood/],
    [['--accept-closure'], 'EM1001', /nothing limits this one/],
    [['--key-file', 'nowhere.txt'], 'EM1003', /does not exist/],
    [['--key-file', '.'], 'EM1003', /cannot be read/],
    [['--key-file', 'latin.txt'], 'EM1003', /not valid UTF-8/],
    [['--key-file', 'empty.txt'], 'EM1009', /names no key/],
    [['--partition', '9'], 'EM1009', /no partition 9/],
    [['--keys', 'nobody'], 'EM1009', /knows "nobody"/],
    [['--where', 'value.account = 1'], 'EM1009', /none of the 60 events/],
    [['--where', 'value.account == "a1"'], 'EM1008', /\n {4}value\.account == "a1"\n {4} {15}\^/],
  ] as const)('refuses %j with exit 2', async (words, code, expected) => {
    writeFileSync(join(folder, 'latin.txt'), Buffer.from([0x61, 0xe9, 0x0a]));
    writeFileSync(join(folder, 'empty.txt'), '\ufeff\r\n \n');
    const ended = await run('plan', ...words);
    expect([ended.code, ended.out]).toEqual([2, '']);
    expect(ended.err).toContain(`error ${code}:`);
    expect(ended.err.replace(/\n {2}(?=\S)/g, ' ')).toMatch(expected);
  });

  it('cannot change a plan that was made', async () => {
    await run('plan', '--out', 'p.json');
    const ended = await run('recover', '--plan', 'p.json', '--keys', 'a1', '--accept-closure');
    expect(ended.code).toBe(2);
    expect(ended.err).toMatch(/a plan is fixed: --keys, --accept-closure/);
  });
});
