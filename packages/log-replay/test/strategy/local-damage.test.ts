import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openNdjsonLog, openNdjsonSnapshots, type Plan } from '@eventmend/core';
import { describeArchive, importIntoArchive, openArchive } from '@eventmend/core/archive';
import type { RecoveryInputs } from '@eventmend/core/engine';
import { openRows } from '@eventmend/core/rows';
import { openRunCatalogue } from '@eventmend/core/sqlite';
import { logReplay } from '@eventmend/log-replay';
import { balanceWorker, epoch, failure, fixtures, recovered, snapshotsOf, type Fixture } from './replay-fixture.js';

const use = fixtures();

/** A sum a key, each key in one partition. */
const sums = balanceWorker(
  "locality: 'partition',",
  'evolve: ({ balance }, { value }) => ({ balance: balance + value.add, seen: 0 }),',
);

const mapping = {
  source: 'fixture',
  topic: 't',
  partition: { column: 'p' },
  offset: { column: 'o' },
  time: { column: 't', unit: 'milliseconds' },
} as const;

const row = (p: number, o: number, second: number, key: string, add: number): string =>
  JSON.stringify({ p, o, t: epoch + second * 1000, key, add });

/** The incident over NDJSON files, as an incident file opens them. */
function over(f: Fixture, lines: readonly string[], part: Partial<RecoveryInputs> = {}): RecoveryInputs {
  const file = join(f.folder, 'log.ndjson');
  writeFileSync(file, lines.join('\n'));
  const log = openNdjsonLog([file], mapping, { damage: 'keep' });
  return f.but({ logs: [{ log, as: 'log' }], ...part });
}

async function fidelities(situation: RecoveryInputs, plan: Plan): Promise<Readonly<Record<string, unknown>>> {
  const { report } = await logReplay(situation).recover(plan);
  const verification = await logReplay(situation).verify(report);
  expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
  const states = openRunCatalogue(situation.store).states(report.runId);
  return Object.fromEntries(
    [...states].map(({ key, state, fidelity }) => [key, [(state as { balance: number }).balance, fidelity]]),
  );
}

describe('one hole behind a good snapshot', () => {
  // Offset 2 of partition 0 is gone, behind the onset and behind the snapshot "before".
  const lines = [
    row(0, 0, 0, 'ada', 5),
    row(1, 0, 1, 'bob', 5),
    row(1, 1, 2, 'bob', 1),
    row(1, 2, 100, 'bob', 1),
    row(0, 1, 101, 'ada', 1),
    row(0, 3, 102, 'ada', 1),
  ];

  async function incident(part: Partial<RecoveryInputs> = {}): Promise<RecoveryInputs> {
    const f = use([], sums);
    const state = (balance: number) => ({ balance, seen: 0 });
    await f.writeSnapshot('before', [1, 2], { ada: state(5), bob: state(6) });
    await f.writeSnapshot('late', [4, 3], { ada: state(8), bob: state(7) });
    const snapshots = snapshotsOf(f);
    return over(f, lines, {
      snapshots,
      acceptGaps: true,
      incident: { name: 'fixture', digest: '0'.repeat(64), onset: epoch + 50_000, end: null },
      ...part,
    });
  }

  it('takes no proof from it, and costs only the partition that it is in', async () => {
    const situation = await incident();
    const plan = await logReplay(situation).plan();
    expect(plan.snapshots).toMatchObject([
      { id: 'before', finding: 'proven' },
      { id: 'late', finding: 'not-comparable', keysReached: 1 },
    ]);
    expect(plan.snapshots[1]?.reason).toContain('can reach 1 of 2 keys; of the others the replay reproduces 1 of 1');
    expect(plan.baseline).toMatchObject([{ basis: 'proven', source: { id: 'before' } }]);
    expect(plan.workerCheck).toMatchObject({ checked: true, snapshot: 'before' });
    expect(await fidelities(situation, plan)).toEqual({ ada: [7, 'incomplete'], bob: [7, 'exact'] });
  });

  it('still shows a difference of a key that it cannot reach', async () => {
    const f = use([], sums);
    await f.writeSnapshot('late', [4, 3], { ada: { balance: 8, seen: 0 }, bob: { balance: 6, seen: 0 } });
    const situation = over(f, lines, { snapshots: snapshotsOf(f), acceptGaps: true });
    expect((await logReplay(situation).plan()).snapshots).toMatchObject([{ finding: 'differs', keysDiffering: 2 }]);
  });

  it('checks the worker by the keys that it cannot reach, where no snapshot is from before it', async () => {
    const situation = await incident();
    const behind = { ...situation.incident, onset: epoch + 200_000 };
    const f = { ...situation, incident: behind };
    const plan = await logReplay(f).plan();
    expect(plan.workerCheck).toMatchObject({ checked: true });
    const alone = openNdjsonSnapshots(join(situation.store, '..', 'snapshots', 'late.ndjson'), {
      defaultSource: 'fixture',
    });
    const late = await logReplay({ ...f, snapshots: alone, store: `${situation.store}-late` }).plan();
    expect(late.workerCheck).toMatchObject({ checked: true, snapshot: 'late' });
    expect(late.workerCheck.reason).toContain('where no hole reaches (1 of 2 keys)');
  });

  it('that is declared with a reason is none: the result can be complete', async () => {
    const situation = await incident({
      acceptGaps: false,
      declaredGaps: [{ partition: 0, at: { kind: 'offsets', from: 2, to: 3 }, reason: 'rolled back' }],
    });
    const plan = await logReplay(situation).plan();
    expect(plan.segments.filter(({ log }) => log === null)).toMatchObject([
      { from: '2', to: '3', declared: 'rolled back', events: 0 },
    ]);
    expect(plan.expected.loss).toEqual({ events: 0, description: 'none' });
    expect(await fidelities(situation, plan)).toEqual({ ada: [7, 'exact'], bob: [7, 'exact'] });
    const { report } = openRunCatalogue(situation.store)
      .list()
      .map((each) => ({ report: each }))[0] as never as {
      report: { verdict: unknown; totals: unknown };
    };
    expect(report).toMatchObject({
      verdict: { verdict: 'complete' },
      totals: { skipped: { declared: 1 }, unavailable: 0 },
    });
  });
});

describe('a key that lives in a hole alone', () => {
  it('is kept as the live state has it, and is listed as incomplete', async () => {
    const f = use([], sums);
    const live = { ada: { balance: 6, seen: 0 }, cyd: { balance: 7, seen: 0 } };
    await f.writeSnapshot('live', [3], live, { folder: 'live' });
    const source = openNdjsonSnapshots(join(f.folder, 'live'), { defaultSource: 'fixture' });
    const situation = over(f, [row(0, 0, 0, 'ada', 5), row(0, 2, 2, 'ada', 1)], { live: source, acceptGaps: true });
    const { report } = await recovered(situation);
    expect(report.kept).toMatchObject({ keys: 1 });
    const states = [...openRunCatalogue(situation.store).states(report.runId)];
    expect(states).toMatchObject([
      { key: 'ada', fidelity: 'incomplete' },
      { key: 'cyd', state: { balance: 7 }, fidelity: 'incomplete' },
    ]);
    const verification = await logReplay(situation).verify(report);
    expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
    expect(openRunCatalogue(situation.store).report(report.runId)?.kept).toEqual(report.kept);
  });

  it('is none where nothing is lost', async () => {
    const f = use([], sums);
    await f.writeSnapshot('live', [1], { cyd: { balance: 7, seen: 0 } }, { folder: 'live' });
    const source = openNdjsonSnapshots(join(f.folder, 'live'), { defaultSource: 'fixture' });
    const { report } = await recovered(over(f, [row(0, 0, 0, 'ada', 5)], { live: source }));
    expect(report.kept).toBeUndefined();
  });
});

describe('records that cannot be read', () => {
  const lines = [
    row(0, 0, 0, 'ada', 5),
    row(0, 0, 0, 'ada', 6),
    row(0, 1, 1, 'ada', 1),
    row(1, 0, 2, 'bob', 1),
    '{"p":1,"o":1,"t":17',
    row(2, 0, 3, 'cyd', 2),
  ];

  it('are refused all at once where nothing may be parked', async () => {
    const situation = over(use([], sums), lines);
    const { code, message } = await failure(logReplay(situation).plan());
    expect(code).toBe('damaged-records');
    expect(message).toContain('2 offsets hold records that cannot be read');
    expect(message).toMatch(/t\[0\]@0 is there twice .*line 1 .*line 2 /);
    expect(message).toMatch(/line 5 .*not JSON \(t\[1\]@1\)/);
    const assessment = await logReplay(situation).assess();
    expect(assessment).toMatchObject({ feasible: false, expectedLoss: { events: 2 } });
    expect(assessment.resources[0]).toMatchObject({ state: 'partial', damage: { records: 2 } });
  });

  it.each(['quarantine-event', 'quarantine-key'] as const)(
    'are parked under %s, and the rest goes on',
    async (poison) => {
      const situation = over(use([], sums), lines, { poison });
      const plan = await logReplay(situation).plan();
      expect(plan.segments.filter(({ damaged }) => damaged)).toMatchObject([
        { partition: 0, from: '0', to: '1', events: 0, fidelity: 'incomplete' },
        { partition: 1, from: '1', to: '2', events: 0, fidelity: 'incomplete' },
      ]);
      expect(await fidelities(situation, plan)).toEqual({
        ada: [1, 'incomplete'],
        bob: [1, 'incomplete'],
        cyd: [2, 'unproven'],
      });
      const catalogue = openRunCatalogue(situation.store);
      const [report] = catalogue.list();
      expect(report?.totals).toMatchObject({ offsets: 5, applied: 3, quarantined: 2, unavailable: 0 });
      expect([...catalogue.quarantined(report?.runId ?? '')]).toMatchObject([
        { offset: 0, code: 'damaged', keys: null },
        { offset: 1, code: 'damaged', keys: null },
      ]);
    },
  );

  it('are taken from another log that has them', async () => {
    const f = use([{ partition: 1, offset: 1, time: epoch + 2500, value: { key: 'bob', add: 10 } }], sums);
    const [archive] = f.situation.logs;
    const situation = over(f, lines.slice(2));
    const both = {
      ...situation,
      logs: [...situation.logs, ...(archive === undefined ? [] : [archive])],
      acceptGaps: true,
    };
    const { states } = await recovered(both);
    expect(states).toMatchObject({ bob: { balance: 11 } });
  });

  it('stand in an archive as they stood in the file, and are parked from there', async () => {
    const f = use([], sums);
    const file = join(f.folder, 'log.ndjson');
    writeFileSync(file, lines.join('\n'));
    const archive = join(f.folder, 'kept.archive');
    await importIntoArchive(archive, [await openRows(file)], mapping, { damage: 'keep' });
    expect(describeArchive(archive).damage).toHaveLength(2);
    const log = openArchive(archive);
    const kept = { ...f.situation, logs: [{ log, as: 'archive' as const }], poison: 'quarantine-event' as const };
    expect((await failure(logReplay({ ...kept, poison: 'stop' }).plan())).code).toBe('damaged-records');
    const { report, states } = await recovered(kept);
    expect(report.totals).toMatchObject({ applied: 3, quarantined: 2 });
    expect(states).toMatchObject({ ada: { balance: 1 }, bob: { balance: 1 }, cyd: { balance: 2 } });
    log.close();
  });
});
