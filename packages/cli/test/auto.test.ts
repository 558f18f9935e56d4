import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { RecoveryError, type Plan } from '@eventmend/core';
import { namePlan } from '@eventmend/core/engine';
import { publishedSchemas, type PublishedSchema } from '../src/documents/published-schemas.js';
import { runCli } from '../src/program/run-cli.js';
import { payments, statesBehind, writeIncident } from './auto-incident.js';
import { fakeWorld } from './fake-environment.js';
import { plan } from './fixtures.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

async function run(...words: string[]) {
  const { code, out, err } = await runEventmend(folder, ['--quiet', ...words]);
  return { code, out: out.replace(/\s+/g, ' '), err: err.replace(/\s+/g, ' ') };
}

async function json(schema: PublishedSchema, ...words: string[]) {
  const { out, err } = await runEventmend(folder, ['--json', ...words]);
  const parsed = publishedSchemas[schema].safeParse(JSON.parse(out));
  expect(parsed.error, err).toBeUndefined();
  return JSON.parse(out) as {
    readonly plan: Plan;
    readonly assessments: { strategy: string; reason: string | null }[];
  };
}

const planOf = async (...words: string[]) => (await json('plan.output', 'plan', ...words)).plan;

function stateOf(file: string): Record<string, unknown> {
  const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => {
      const { key, state } = JSON.parse(line) as { key: string; state: unknown };
      return [key, state];
    }),
  );
}

describe('what survived decides the strategy', () => {
  it('the whole log: the plan of log-replay, and no other is made', async () => {
    writeIncident(folder, { snapshotBehind: 1000, isRecorded: () => true });
    const chosen = await planOf();
    const replay = await planOf('--strategy', 'log-replay');
    expect([chosen.id, chosen.strategy, chosen.choice?.reason]).toEqual([replay.id, 'log-replay', 'nothing-lost']);
    expect(replay.choice).toBeUndefined();
    expect((await run('plan')).out).toMatch(
      /chosen log-replay for payments\[0-1\] because it loses nothing, so no further plan was made/,
    );
  });

  it('a log without its beginning, and a checkpoint: from there, nothing lost', async () => {
    writeIncident(folder, { isLost: ({ lane, offset }) => lane === 1 && offset < 400, snapshotBehind: 1000 });
    const chosen = await planOf();
    expect(chosen).toMatchObject({ strategy: 'checkpoint', expected: { loss: { events: 0 } } });
    expect((await run('plan')).out).toMatch(
      /log-replay refused: no log holds 400 offsets.*checkpoint chosen: nothing lost/,
    );
    const { out, code } = await run('recover', '--yes');
    expect(code).toBe(0);
    const id = /(r-[0-9a-f]{8})/.exec(out)?.[1] ?? '';
    expect((await run('export', id, '--out', 'states.ndjson')).code).toBe(0);
    expect(stateOf('states.ndjson')).toEqual(statesBehind(payments.length));
  });

  it('a hole in the middle and the list of another system: its rows, and no estimate beside them', async () => {
    writeIncident(folder, {
      isLost: ({ lane, offset }) => lane === 1 && offset >= 900 && offset < 940,
      isRecorded: () => true,
    });
    const chosen = await planOf();
    expect(chosen.strategy).toBe('checkpoint');
    expect(chosen.choice?.weighed).toMatchObject([
      { strategy: 'log-replay', outcome: 'refused', error: { code: 'EM2101' } },
      { strategy: 'checkpoint', outcome: 'chosen' },
      { strategy: 'estimation', outcome: 'not-asked', reason: 'better-known' },
    ]);
    const { out } = await run('plan');
    expect(out).toMatch(
      /chosen log-replay for payments\[0\]; checkpoint from bank for payments\[1\], whose log lacks 40 events inside/,
    );
    expect(out).toMatch(/live doing nothing: how many of its keys are wrong is not known/);
  });

  it('a list that lacks most of what is lost: nothing for the keys that lost events have probably named', async () => {
    writeIncident(folder, {
      isLost: ({ lane, offset }) => lane === 1 && offset >= 900 && offset < 940,
      isRecorded: ({ offset }) => offset < 910 || offset >= 940,
    });
    const { out } = await run('plan', '--strategy', 'checkpoint', '--out', 'p.json');
    expect(out).toMatch(/refused nothing for 11 keys \(a1-\d+, .* and 6 others\), because lost events are more likely/);
    expect(out).toMatch(/Most likely wrong, key by key: a1-\d+ \(9\d %\), .*; all 11 keys in .*expected-loss/);
    const { keyLoss } = JSON.parse(readFileSync(join(folder, 'p.json'), 'utf8')) as Plan;
    expect(keyLoss?.refusedKeys.every((key) => key.startsWith('a1-'))).toBe(true);
    expect(
      readFileSync(keyLoss?.file ?? '', 'utf8')
        .trim()
        .split('\n'),
    ).toHaveLength(11);
    expect((await run('recover', '--plan', 'p.json')).code).toBe(0);
    const id = readdirSync(join(folder, '.eventmend', 'runs'))[0] ?? '';
    await run('export', id, '--out', 'states.ndjson');
    const words = readFileSync(join(folder, 'states.ndjson'), 'utf8').trim().split('\n');
    const refused = words.map((line) => JSON.parse(line) as { key: string; fidelity: string });
    for (const { key, fidelity } of refused.filter((one) => one.key.startsWith('a1-'))) {
      expect([key, fidelity]).toEqual([key, 'incomplete']);
    }
  }, 60_000);

  it('nothing but the history of a long log: estimates', async () => {
    writeIncident(folder, { isLost: ({ lane, offset }) => lane === 1 && offset >= 1900 && offset < 1903 });
    const assessed = await json('assess.output', 'assess');
    expect(assessed.assessments.map(({ strategy }) => strategy)).toEqual(['log-replay', 'checkpoint', 'estimation']);
    expect(assessed.assessments[2]?.reason).toMatch(/not checked/);
    const chosen = await planOf();
    expect(chosen.strategy).toBe('estimation');
    // What is known now is known to an assessment too.
    expect((await run('assess', '--deep')).out).toMatch(/estimation yes/);
    expect((await run('assess')).out).toMatch(/estimation yes \(\d{4}-\d\d-\d\d\)/);
    // Who goes on without what is lost wants no guess.
    expect((await planOf('--accept-gaps')).strategy).toBe('log-replay');
  });

  it('nothing that helps: 13, with the reason of each', async () => {
    writeIncident(folder, { isLost: ({ lane, offset }) => lane === 1 && offset >= 200 && offset < 1800 });
    const { code, err } = await run('plan');
    expect([code, err]).toEqual([
      13,
      expect.stringMatching(
        /error EM4018.*log-replay refused: no log holds 1,600.*checkpoint has nothing in the place of 1,600 lost events.*estimation refused: nothing is estimated.*--accept-gaps/,
      ),
    ]);
  });
});

describe('limits', () => {
  const hole = {
    isLost: ({ lane, offset }: { lane: number; offset: number }) => lane === 1 && offset >= 900 && offset < 940,
  };

  it('end with 12 where no plan holds them, and say which limit and what comes nearest', async () => {
    // The bank knows 36 of the 40. Little lies behind them, since each refusal has estimated all of that 200 times.
    writeIncident(folder, { ...hole, made: 2000, isRecorded: ({ offset }) => offset < 910 || offset > 913 });
    const made = await planOf('--max-loss', '40');
    const lost = made.choice?.weighed.flatMap((one) => ('figures' in one ? [one.figures.lostEvents] : []))[0] ?? 0;
    expect(lost).toBe(4);
    expect((await run('plan', '--max-loss', String(lost))).code).toBe(0);
    const refused = await run('plan', '--max-loss', String(lost - 1));
    expect([refused.code, refused.err]).toEqual([
      12,
      expect.stringMatching(/error EM4019: no plan holds the limits; checkpoint comes nearest.*--max-loss/),
    ]);
    // Lost events of one partition name the keys of that one; four of them none more likely than not.
    expect(made.keyLoss).toMatchObject({ keys: 11, refused: 0, worst: { length: 11 } });
    expect((await run('plan', '--max-loss', '1%')).code).toBe(0);
    expect((await run('plan', '--max-loss', '0%')).code).toBe(12);
    expect((await run('plan', '--min-fidelity', 'external')).code).toBe(12);
    expect((await run('plan', '--min-fidelity', 'incomplete')).code).toBe(0);
  });

  it('hold for a named strategy and for a plan file too', async () => {
    writeIncident(folder, hole);
    const replay = ['--strategy', 'log-replay', '--accept-gaps'];
    expect((await run('plan', ...replay, '--max-loss', '39')).code).toBe(12);
    expect((await run('plan', ...replay, '--max-loss', '40', '--out', 'p.json')).code).toBe(0);
    const refused = await run('recover', '--plan', 'p.json', '--max-loss', '0.9%');
    expect([refused.code, refused.err]).toEqual([12, expect.stringMatching(/limit --max-loss 0.9 %: 40 events lost/)]);
    expect((await run('runs')).out).not.toMatch(/r-[0-9a-f]{8}/);
  });

  it('of time are held by a sample, until a run tells more', async () => {
    writeIncident(folder, {});
    const { measured: unasked, id } = await planOf();
    expect(unasked.durationMs).toBeNull();
    const inTime = await planOf('--deadline', '1h');
    expect(inTime.id).toBe(id);
    expect(inTime.measured.sampledEvents).toBe(inTime.expected.events);
    expect(inTime.measured.durationMs).toBeLessThan(20_000);
    const refused = await run('plan', '--deadline', '1ms');
    expect([refused.code, refused.err]).toEqual([12, expect.stringMatching(/--deadline 1ms: takes up to/)]);
    expect(readdirSync(join(folder, '.eventmend')).filter((name) => name.startsWith('sample'))).toEqual([]);
    expect((await run('recover', '--yes')).code).toBe(0);
    expect((await run('plan', '--deadline', '1h')).code).toBe(0);
    expect((await run('plan', '--deadline', '1ms')).code).toBe(12);
    const { measured } = await planOf();
    expect(measured.runs).toBe(1);
    expect(measured.sampledEvents).toBeUndefined();
    expect(measured.diskBytes).toBeGreaterThan(10_000);
    expect(measured.memoryBytes).toBeGreaterThan(1e6);
  });

  it.each([
    ['--max-loss', 'few'],
    ['--max-loss', '101%'],
    ['--max-loss', '-1'],
    ['--deadline', 'soon'],
    ['--deadline', '0s'],
    ['--min-fidelity', 'good'],
    ['--strategy', 'best'],
  ])('%s %s is a usage error', async (flag, value) => {
    writeIncident(folder, {});
    expect((await run('plan', flag, value)).code).toBe(2);
  });
});

describe('a resource that vanishes', () => {
  it('between plan and recovery: 14, with the plan that is left, and nothing is done', async () => {
    writeIncident(folder, { snapshotBehind: 1000 });
    expect((await run('plan', '--out', 'p.json')).code).toBe(0);
    // The retention takes the beginning.
    writeIncident(folder, { isLost: ({ offset }) => offset < 400, snapshotBehind: 1000 });
    const { code, err } = await run('recover', '--plan', 'p.json');
    expect([code, err]).toEqual([
      14,
      expect.stringMatching(/^error EM2103.*What is left allows this plan.*Plan \S+ checkpoint/),
    ]);
    expect(err).toMatch(/Next: eventmend plan/);
    const document = await json('error.output', '--json', 'recover', '--plan', 'p.json');
    expect(document).toMatchObject({ error: { code: 'EM2103', details: { newPlan: { strategy: 'checkpoint' } } } });
    expect((await run('runs')).out).not.toMatch(/r-[0-9a-f]{8}/);
  });

  it.each(['gap-during-read', 'corrupt-archive-segment', 'input-file-changed'] as const)(
    'in the middle of a run (%s): 14 as well, unless the same plan would come out again',
    async (code) => {
      writeIncident(folder, {});
      const { id: _, ...unnamed } = plan;
      const other = namePlan({ ...unnamed, expected: { ...unnamed.expected, events: 5 } });
      let made = 0;
      const recover = () => Promise.reject(new RecoveryError(code, 'it was there a moment ago'));
      const world = fakeWorld(folder, { recover, plan: () => Promise.resolve(made++ === 0 ? plan : other) });
      expect(await runCli(['recover', '--yes'], world)).toBe(14);
      expect(world.written.err.replace(/\s+/g, ' ')).toMatch(`it was there a moment ago`);
      expect(world.written.err).toMatch(`Plan ${other.id.slice(0, 8)}`);
      const same = fakeWorld(folder, { recover });
      expect(await runCli(['recover', '--yes'], same)).toBe(1);
      expect(same.written.err).toMatch(/error EM2\d+: it was there a moment ago/);
    },
  );

  it('is a checkpoint, too: the plan begins elsewhere then, or there is none', async () => {
    writeIncident(folder, { isLost: ({ offset }) => offset < 400, snapshotBehind: 1000 });
    expect((await run('plan', '--out', 'p.json')).code).toBe(0);
    writeFileSync(join(folder, 'c-1.ndjson'), 'no longer a snapshot\n');
    const { code, err } = await run('recover', '--plan', 'p.json');
    expect([code, err]).toEqual([14, expect.stringMatching(/^error EM4002.*No plan can be made of what is left/)]);
  });

  it('is the log itself: nothing is left', async () => {
    writeIncident(folder, { snapshotBehind: 1000 });
    expect((await run('plan', '--out', 'p.json')).code).toBe(0);
    rmSync(join(folder, 'payments.ndjson'));
    const { code, err } = await run('recover', '--plan', 'p.json');
    expect([code, err]).toEqual([14, expect.stringMatching(/^error EM4002.*No plan can be made of what is left/)]);
    // Without a plan there was nothing that could be stale.
    expect((await run('plan')).code).toBe(2);
  });
});
