import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { RecoveryError, type Plan } from '@eventmend/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishedSchemas, type PublishedSchema } from '../src/documents/published-schemas.js';
import { runCli } from '../src/program/run-cli.js';
import { fakeWorld, type FakeEnvironment, type Fakes } from './fake-environment.js';
import { assessment, plan, report, runId, verification } from './fixtures.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));
beforeEach(() => {
  writeFileSync(
    join(folder, 'flights.incident.yaml'),
    'format_version: 1\nname: flights-2001\nworker: ./worker.ts\nlog: { ndjson: events.ndjson }\nstore: .\n',
  );
});

async function run(words: string, fakes: Fakes = {}): Promise<FakeEnvironment & { code: number }> {
  const world = fakeWorld(folder, fakes);
  const code = await runCli(
    words.split(' ').filter((word) => word !== ''),
    world,
  );
  return { ...world, code };
}

/** The document, after its schema has accepted it and found nothing in it that is not described. */
function checked(name: PublishedSchema, out: string): Record<string, unknown> {
  const document: unknown = JSON.parse(out);
  expect(publishedSchemas[name].parse(document)).toEqual(document);
  return document as Record<string, unknown>;
}

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);

describe('commands', () => {
  it('assess ends with the next command', async () => {
    const { code, written } = await run('assess');
    expect(code).toBe(0);
    expect(lastLine(written.out)).toBe('Next: eventmend plan --out flights-2001.plan.json');
    expect(written.err).toBe('');
    expect((await run('assess', { assess: () => Promise.resolve({ ...assessment, feasible: false }) })).code).toBe(13);
  });

  it('plan writes a file once, and again only when it is the same plan or forced', async () => {
    const first = await run('plan --out p.json --accept-gaps --target-time 2001-03-01');
    expect(first.code).toBe(0);
    expect(first.calls).toEqual([
      'plan {"target":{"kind":"time","time":983404800000},"acceptGaps":true,"baseline":"auto"}',
    ]);
    expect(lastLine(first.written.out)).toBe('Next: eventmend recover --plan p.json');
    const { choice, ...written } = JSON.parse(readFileSync(join(folder, 'p.json'), 'utf8')) as Plan;
    expect(written).toEqual(plan);
    expect(choice).toMatchObject({ reason: 'only-plan', weighed: [{ strategy: 'log-replay', outcome: 'chosen' }] });
    expect((await run('plan --out p.json')).code).toBe(0);
    writeFileSync(join(folder, 'p.json'), JSON.stringify({ ...plan, id: 'other' }));
    const refused = await run('plan --out p.json');
    expect([refused.code, refused.written.err.split(':')[0]]).toEqual([2, 'error EM1006']);
    expect((await run('plan --out p.json --force')).code).toBe(0);
  });

  it('recover without a terminal wants --yes, before it plans', async () => {
    const { code, written, calls } = await run('recover');
    expect([code, calls]).toEqual([2, []]);
    expect(written.err).toMatch(/^error EM1004: .*\n(.*\n)*.*--yes/);
  });

  it('recover asks on a terminal, and does nothing on no', async () => {
    const yes = await run('recover', { interactive: true, answer: true });
    expect(yes.calls.at(-1)).toBe(`recover ${plan.id.slice(0, 8)}`);
    expect(lastLine(yes.written.out)).toBe(`Next: eventmend verify ${runId}`);
    const no = await run('recover', { interactive: true, answer: false });
    expect([no.code, no.calls.length]).toEqual([0, 1]);
    expect(no.written.out).toBe('Nothing was done.\nNext: eventmend plan --out flights-2001.plan.json\n');
    expect((await run('recover', { interactive: true, answer: null })).code).toBe(130);
  });

  it('recover --plan finds the incident of the plan, and refuses what would change it', async () => {
    writeFileSync(join(folder, 'p.json'), JSON.stringify(plan));
    const { code, calls } = await run('recover --plan p.json');
    expect([code, calls]).toEqual([0, [`recover ${plan.id.slice(0, 8)}`]]);
    expect((await run('recover --plan p.json --accept-gaps')).code).toBe(2);
    writeFileSync(join(folder, 'p.json'), '{"format_version":1}');
    const broken = await run('recover --plan p.json');
    expect([broken.code, broken.written.err.slice(0, 13)]).toEqual([2, 'error EM4003:']);
  });

  it('says that a plan was used before it asks', async () => {
    const { code, written, calls } = await run('recover', { interactive: true, report });
    expect([code, calls.length]).toEqual([2, 1]);
    expect(written.err).toContain('error EM4001: ');
    expect(lastLine(written.err)).toBe(`Next: eventmend verify ${runId}    ·    eventmend runs --remove ${runId}`);
  });

  it('says how to go on when a run was stopped', async () => {
    const stopped = await run('recover --yes', {
      recover: () => Promise.reject(new RecoveryError('interrupted', 'stopped after event 12')),
    });
    expect(stopped.code).toBe(130);
    expect(lastLine(stopped.written.err)).toBe(`Next: eventmend resume ${runId}`);
    expect(stopped.written.out).toBe('');
    const reported = await run('recover --yes', {
      recover: () => Promise.resolve({ ...report, status: 'interrupted' }),
    });
    expect([reported.code, lastLine(reported.written.err)]).toEqual([130, `Next: eventmend resume ${runId}`]);
  });

  it('verify exits 11 when a check failed', async () => {
    expect((await run(`verify ${runId}`)).code).toBe(0);
    const failed = {
      ...verification,
      checks: [
        { name: 'accounts', result: 'failed', detail: { kind: 'accounts', offsets: 3, unbalanced: [] } } as const,
      ],
    };
    const { code, written } = await run(`verify ${runId}`, { verify: () => Promise.resolve(failed) });
    expect([code, lastLine(written.out)]).toEqual([11, 'Next: eventmend assess']);
  });

  it('export writes what it was asked for, and never over a file', async () => {
    const { code, written } = await run(`export ${runId} --out s.csv`);
    expect([code, written.out.split('\n')[0]]).toEqual([0, `Exported 1 key of ${runId} to s.csv (csv)`]);
    expect(readFileSync(join(folder, 's.csv'), 'utf8')).toBe(
      'key,state,fidelity,causes\r\nATL,"{""n"":1}",exact,"[""baseline 0 (genesis)""]"\r\n',
    );
    expect((await run(`export ${runId} --out s.csv`)).code).toBe(2);
    await run(`export ${runId} --what quarantined --out q.ndjson`);
    expect(JSON.parse(readFileSync(join(folder, 'q.ndjson'), 'utf8'))).toMatchObject({
      topic: 'flights',
      offset: '17',
    });
    const unfinished = await run(`export ${runId} --out t.csv`, { report: { ...report, status: 'interrupted' } });
    expect([unfinished.code, existsSync(join(folder, 't.csv'))]).toEqual([2, false]);
  });

  it('runs lists and removes', async () => {
    const { written } = await run('runs');
    expect(written.out).toMatch(/^Run +Status/);
    expect(lastLine(written.out)).toBe(`Next: eventmend verify ${runId}`);
    expect((await run(`runs --remove ${runId}`)).calls).toEqual([`remove ${runId}`]);
  });
});

describe('--json', () => {
  it.each([
    ['assess', 'assess.output'],
    ['plan', 'plan.output'],
    ['recover --yes', 'recover.output'],
    [`resume ${runId}`, 'recover.output'],
    [`verify ${runId}`, 'verify.output'],
    [`export ${runId} --out x.sqlite`, 'export.output'],
    ['runs', 'runs.output'],
    ['init new', 'init.output'],
  ] as const)('%s prints one document that its schema describes', async (words, name) => {
    const { code, written } = await run(`${words} --json`);
    expect(code).toBe(0);
    if (words.startsWith('resume')) checked('resume.output', written.out);
    else checked(name, written.out);
  });

  it('has errors in one document too', async () => {
    const { code, written } = await run('verify r-00000000 --incident nowhere.yaml --json');
    expect(code).toBe(2);
    expect(checked('error.output', written.out)).toMatchObject({
      command: 'verify',
      error: { code: 'EM1003', exitCode: 2 },
    });
    expect(checked('error.output', (await run('asses --json')).written.out)).toMatchObject({
      error: { code: 'EM1001' },
    });
  });
});

describe('the command line', () => {
  it.each([
    ['asses', /unknown command 'asses'[\s\S]*Did you mean assess\?/],
    ['plan --acept-gaps', /unknown option '--acept-gaps'[\s\S]*Did you mean --accept-gaps\?/],
    ['export r-1', /required option '--out <file>' not specified/],
    ['export r-1 --out x --format xml', /Allowed\s+choices are ndjson, csv, sqlite/],
    ['resume', /missing required argument 'run'/],
    ['plan --target-offsets p0', /--target-offsets "p0" is not understood/],
    ['plan --target-event 12', /--target-event "12" is not understood/],
    ['plan --target-time 2001-01-01 --target-event a[0]@1', /one target/],
    ['export r-1 --out noending', /does not show in its name/],
  ])('refuses "%s" with exit 2', async (words, expected) => {
    const { code, written } = await run(words);
    expect(written.err).toMatch(expected);
    expect(written.err).toMatch(/^error EM1001: /);
    expect([code, written.out]).toEqual([2, '']);
  });

  it('understands offsets', async () => {
    expect((await run('plan --target-offsets p0=5,flights[1]=7')).calls[0]).toMatch(
      '{"kind":"offsets","offsets":[{"partition":0,"next":5},{"topic":"flights","partition":1,"next":7}]}',
    );
  });

  it('shows help and version', async () => {
    const help = await run('--help');
    expect([help.code, help.written.err]).toEqual([0, '']);
    for (const name of [
      'init',
      'assess',
      'plan',
      'recover',
      'resume',
      'verify',
      'export',
      'runs',
      'archive',
      'completion',
    ]) {
      expect(help.written.out).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    }
    expect((await run('--version')).written.out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await run('')).code).toBe(2);
  });

  it('names the incident files when there are several', async () => {
    writeFileSync(join(folder, 'other.incident.yaml'), 'format_version: 1\n');
    const { code, written } = await run('assess');
    expect([code, written.err]).toEqual([2, expect.stringContaining('flights.incident.yaml, other.incident.yaml')]);
  });

  it('invites to --debug when something unexpected happens, and shows the stack with it', async () => {
    const failing: Fakes = { assess: () => Promise.reject(new TypeError('boom')) };
    const { code, written } = await run('assess', failing);
    expect([code, written.err]).toEqual([1, expect.stringContaining('--debug')]);
    expect(written.err).not.toContain('    at ');
    expect((await run('assess --debug', failing)).written.err).toContain('    at ');
  });
});
