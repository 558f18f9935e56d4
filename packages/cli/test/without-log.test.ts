import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishedSchemas } from '../src/documents/published-schemas.js';
import { at, payments, statesBehind, writeLoglessIncident } from './logless-incident.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

async function run(...words: string[]) {
  const { code: exitCode, out, err } = await runEventmend(folder, ['--quiet', ...words]);
  return { code: exitCode, out: out.replace(/\s+/g, ' '), err: err.replace(/\s+/g, ' ') };
}

/** Recovers and exports: the states, and all words that they are called by. */
async function recover(...words: string[]) {
  const recovered = await run('recover', '--yes', ...words);
  expect(recovered.err).toBe('');
  const id = /(r-[0-9a-f]{8})/.exec(recovered.out)?.[1] ?? '';
  expect((await run('export', id, '--out', 'states.ndjson')).code).toBe(0);
  const rows = readFileSync(join(folder, 'states.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { key: string; state: unknown; fidelity: string });
  const states = Object.fromEntries(rows.map(({ key, state }) => [key, state]));
  return { id, recovered, states, words: [...new Set(rows.map(({ fidelity }) => fidelity))] };
}

async function verify(id: string): Promise<string> {
  const { code, out, err } = await run('verify', id);
  expect([code, err]).toEqual([0, '']);
  return out;
}

const all = statesBehind(payments);
const copy = { id: 'night', behind: 40, takenAt: at(39.5) };
const everything = ['has_every_event: true'];
const fromFirst = [`from: ${at(0)}`];

describe('records of other systems alone', () => {
  it('that are said to be all events give the states, which nothing proves', async () => {
    writeLoglessIncident(folder, { rows: payments, records: everything });
    const { id, recovered, states, words } = await recover();
    expect([states, words]).toEqual([all, ['unproven']]);
    expect(recovered.out).toContain('missing no log is left, and nobody knows how many events are lost');
    expect(recovered.out).toContain('events none of a log; nobody knows how many there were');
    expect(recovered.out).toContain('60 rows of bank applied in the place of lost events');
    expect(await verify(id)).toContain('✓ accounts: 0 offsets');
    await run('report', id, '--out', 'report.html');
    const report = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(report).toContain('No log is left, and nobody knows how many events are lost');
    expect(report).not.toMatch(/no event is lost|Nothing is lost|1 offset/);
  }, 60_000);

  it('that are said to be all events and come to another total fail the verification', async () => {
    writeLoglessIncident(folder, {
      rows: payments,
      records: everything,
      yaml: 'totals: [{ measure: cents, value: 1, of: the bank }]',
    });
    const { id } = await recover();
    const { code, out } = await run('verify', id);
    expect([code, out]).toEqual([11, expect.stringMatching(/total: .*1/)]);
  }, 60_000);

  it('that are not said to be all of them give states that may lack events', async () => {
    writeLoglessIncident(folder, { rows: payments, records: fromFirst });
    const { states, words } = await recover();
    expect([states, words]).toEqual([all, ['incomplete']]);
  }, 60_000);

  it('of a time before which nobody says anything are refused, and it is said what would help', async () => {
    writeLoglessIncident(folder, { rows: payments });
    const { code, err } = await run('plan', '--strategy', 'checkpoint');
    expect(code).toBe(13);
    expect(err).toContain('there is no log, and nothing that survived stands in for it: 60 rows of bank are doubtful');
    expect(err).toContain('say from when on it has the events (from)');
  }, 60_000);

  it('that cannot be dated are an error with the row', async () => {
    writeLoglessIncident(folder, {
      rows: [...payments, { ...payments[0]!, id: 'x', at: 'soon' }],
      records: everything,
    });
    const { code, err } = await run('plan');
    expect(code).not.toBe(0);
    expect(err).toMatch(/bank\.csv, row 61: column "at".*not a time/);
  }, 60_000);

  it('end where a target says, and a row so near to it that nobody knows on which side its event was is none', async () => {
    writeLoglessIncident(folder, { rows: payments, records: everything });
    const { states, words } = await recover('--target-time', at(29.5));
    expect([states, words]).toEqual([statesBehind(payments.slice(0, 30)), ['unproven']]);
    const plan = await run('plan', '--target-time', at(30));
    expect(plan.out).toContain('30 rows stand in for lost events (1 doubtful, not used');
    expect(plan.out).toMatch(/held by nothing: payments\[0\] from 0 on \(nobody knows how many\), incomplete/);
  }, 60_000);

  it('with a row that contradicts another are never called complete', async () => {
    writeLoglessIncident(folder, { rows: [...payments, { ...payments[7]!, cents: 1 }], records: everything });
    expect((await recover()).words).toEqual(['incomplete']);
  }, 60_000);

  it('are not all, if the worker reads another topic that nobody tells of', async () => {
    writeLoglessIncident(folder, { rows: payments, records: everything });
    const worker = join(folder, 'worker.mjs');
    writeFileSync(
      worker,
      readFileSync(worker, 'utf8').replace('version:', "topics: ['payments', 'refunds'], version:"),
    );
    const { recovered, words } = await recover();
    expect(words).toEqual(['incomplete']);
    expect(recovered.out).toContain('nobody knows how many events are lost');
  }, 60_000);
});

describe('a copy of the states', () => {
  it('and records: the rows behind it, and no value is better than the copy', async () => {
    writeLoglessIncident(folder, {
      rows: payments,
      copies: [copy, { ...copy, id: 'older', behind: 30, takenAt: at(29.5) }],
    });
    const plan = await run('plan');
    expect(plan.out).toContain('baseline snapshot night');
    expect(plan.out).toContain('20 rows stand in for lost events');
    const { states, words } = await recover();
    expect([states, words]).toEqual([all, ['incomplete']]);
  }, 60_000);

  it('and records that are said to be all: unproven, with an older copy as well as with none', async () => {
    writeLoglessIncident(folder, { rows: payments, records: everything, copies: [copy] });
    const { states, words } = await recover();
    expect([states, words]).toEqual([all, ['unproven']]);
  }, 60_000);

  it('does not take twice what it holds already: a row near its moment is doubtful', async () => {
    // The payment of hour 39 was booked half a second behind the copy that may have it.
    const late = payments.map((payment, n) => (n === 39 ? { ...payment, at: at(39.5001) } : payment));
    writeLoglessIncident(folder, { rows: late, records: everything, copies: [copy] });
    const plan = await run('plan');
    expect(plan.out).toMatch(/20 rows stand in for lost events \(1 doubtful, not used/);
    const { states, words } = await recover();
    expect([states, words]).toEqual([all, ['incomplete']]);
  }, 60_000);

  it('with a position: what followed is unknown, and never nothing', async () => {
    writeLoglessIncident(folder, { copies: [{ ...copy, isPlaced: true }], locality: 'partition' });
    const without = await run('plan');
    expect(without.code).toBe(13);
    expect(without.err).toContain('goes on without only with --accept-gaps');
    const { out } = await runEventmend(folder, ['--json', 'plan', '--accept-gaps']);
    const { plan } = publishedSchemas['plan.output'].parse(JSON.parse(out));
    expect(plan.expected.loss.events).toBeNull();
    expect(plan.segments).toMatchObject([{ from: '40', to: '41', log: null, openEnd: true }]);
    const { states, words } = await recover('--accept-gaps');
    expect([states, words]).toEqual([statesBehind(payments.slice(0, 40)), ['incomplete']]);
    expect((await run('recover', '--max-loss', '1000000', '--accept-gaps', '--yes')).code).toBe(12);
  }, 60_000);

  it('of an unknown time is refused, and so is one from behind the onset', async () => {
    for (const takenAt of [null, at(50)]) {
      writeLoglessIncident(folder, { copies: [{ ...copy, takenAt }] });
      const { code, err } = await run('plan', '--strategy', 'checkpoint');
      expect(code).toBe(13);
      expect(err).toContain('no snapshot is trusted, or known to be from before the error by its time and the onset');
    }
  }, 60_000);

  it('that a total of its moment contradicts is passed over', async () => {
    const sum = Object.values(statesBehind(payments.slice(0, 40))).reduce((total, { cents }) => total + cents, 0);
    const total = (value: number): string =>
      `totals: [{ measure: cents, value: ${value}, at: ${at(39.5)}, of: the bank }]`;
    writeLoglessIncident(folder, { copies: [copy], yaml: total(sum + 1) });
    expect((await run('plan', '--strategy', 'checkpoint')).code).toBe(13);
    writeLoglessIncident(folder, { copies: [copy], yaml: total(sum) });
    const { out } = await run('plan', '--strategy', 'checkpoint');
    expect(out).toContain('its cents is what the control totals say');
  }, 60_000);
});

it('facts set the keys that they speak of, and a total is held against the sum', async () => {
  writeLoglessIncident(folder, {
    yaml: `records:
  - name: balances
    csv: balances.csv
    mapping: { key: account, time: { column: at }, amount: { column: cents } }
    use: facts
    fact: { state: { columns: { cents: { mapped: amount } } }, within: 1m }
totals: [{ measure: cents, value: 20, of: the bank }]`,
  });
  writeFileSync(join(folder, 'balances.csv'), `account,at,cents\nA0,${at(50.5)},7\nA1,${at(51.5)},9\n`);
  const { id, recovered, states, words } = await recover();
  expect([states, words]).toEqual([{ A0: { cents: 7 }, A1: { cents: 9 } }, ['incomplete']]);
  expect(recovered.out).toContain('2 facts of balances set 2 keys');
  // The other accounts may have it: it contradicts nothing.
  expect(await verify(id)).toMatch(/total.*16.*20/);
}, 60_000);

describe('the live state', () => {
  const live = { ...all, A0: { cents: 1 } };

  it('alone, which is wrong, is the best that is known: nothing is recovered', async () => {
    writeLoglessIncident(folder, { live });
    const { code, err } = await run('plan', '--strategy', 'checkpoint');
    expect([code, err]).toEqual([13, expect.stringContaining('keep the live state')]);
    expect((await run('assess')).code).toBe(13);
  }, 60_000);

  it('says by its position how much is lost, and is a candidate for each key', async () => {
    writeLoglessIncident(folder, { live, rows: payments, copies: [copy] });
    const { recovered, words } = await recover();
    expect(recovered.out).toContain('60 offsets = 0 applied + 60 unavailable');
    expect(recovered.out).not.toContain('nobody knows how many');
    expect(recovered.out).toMatch(/of 4 keys that lost events reach 1 differs from live/);
    expect(words.toSorted()).toEqual(['incomplete', 'unproven']);
  }, 60_000);
});

describe('nothing at all', () => {
  it('is said by every command, and called no success', async () => {
    writeLoglessIncident(folder, {});
    const assessed = await run('assess');
    expect(assessed.code).toBe(13);
    expect(assessed.out).toMatch(/log-replay no there is no log/);
    for (const words of [
      ['plan'],
      ['recover', '--yes'],
      ['plan', '--accept-gaps'],
      ['plan', '--strategy', 'log-replay'],
    ]) {
      const { code, err } = await run(...words);
      expect([code, err]).toEqual([13, expect.stringContaining('there is no log')]);
    }
    expect((await run('diagnose')).err).toContain('there is no log');
    expect((await run('worker', 'check')).err).toContain('there is no log');
    expect((await run('doctor')).out).toContain('none: the incident names no log');
  }, 60_000);

  it('is not what an empty log is told apart from, and a log of other topics is no loss', async () => {
    writeLoglessIncident(folder, { rows: payments, records: everything, yaml: 'log: { ndjson: payments.ndjson }' });
    writeFileSync(join(folder, 'payments.ndjson'), '');
    expect(await recover()).toMatchObject({ states: all, words: ['unproven'] });
    const event = { topic: 'orders', partition: 0, offset: '0', timestamp: 0, value: {} };
    writeFileSync(join(folder, 'payments.ndjson'), `${JSON.stringify(event)}\n`);
    const worker = join(folder, 'worker.mjs');
    writeFileSync(worker, readFileSync(worker, 'utf8').replace('version:', "topics: ['payments'], version:"));
    const { code, err } = await run('plan');
    expect([code, err]).toEqual([14, expect.stringMatching(/no log holds the topics payments.*the logs hold: orders/)]);
  }, 60_000);

  it('with a log that cannot be opened: assess tells, and a plan is made only without it', async () => {
    writeLoglessIncident(folder, { rows: payments, records: everything, yaml: 'log: { archive: gone.archive }' });
    const assessed = await run('assess');
    expect(assessed.code).toBe(0);
    expect(assessed.out).toMatch(/checkpoint yes .*nobody knows how many/);
    expect(assessed.out).toContain('gone.archive is missing: plan and recover refuse to go on without it');
    expect((await run('plan')).err).toContain('gone.archive');
  }, 60_000);
});

describe('nightly copies of the states', () => {
  const day = 24;
  /** Each night has more on its accounts, a week goes up and down, and nothing repeats to the cent. */
  const sumOf = (night: number): number =>
    10_000 + 40 * night + [0, 300, 500, 400, 900, 100, -200][night % 7]! + ((night * 37) % 41);
  const nights = (count: number, takenAt: (night: number) => string | null = (night) => at((night - 60) * day)) => {
    writeLoglessIncident(folder, {
      yaml: `snapshots: copies\ntotals: [{ measure: cents, value: 12345, of: the bank }]`,
    });
    mkdirSync(join(folder, 'copies'), { recursive: true });
    for (let night = 60 - count; night < 60; night++) {
      const header = { format_version: 1, kind: 'snapshot', id: `n-${night}`, taken_at: takenAt(night) ?? undefined };
      const [half, sum] = [Math.floor(sumOf(night) / 2), sumOf(night)];
      const rows = [half, sum - half].map((cents, n) => ({ key: `A${n}`, state: { cents } }));
      const lines = [header, ...rows].map((row) => JSON.stringify(row));
      writeFileSync(join(folder, 'copies', `n-${night}.ndjson`), `${lines.join('\n')}\n`);
    }
  };
  const target = ['--target-time', at(2 * day + 1)];

  it('give the sum with an interval, and the keys as they were last known', async () => {
    nights(60);
    const { out } = await runEventmend(folder, ['--json', 'plan', '--strategy', 'estimation', ...target]);
    const { plan } = publishedSchemas['plan.output'].parse(JSON.parse(out));
    expect(plan.expected.loss.events).toBeNull();
    expect(plan.sums).toMatchObject({ copies: 60, step: 'day', fidelity: 'unproven' });
    const { estimated, stated } = plan.sums!.measures[0]!;
    // The night of hour 49 is that of the day 62.
    const width = estimated!.high - estimated!.low;
    // One in ten of such intervals misses; how often is tested where many are made. This one is asked to be near.
    expect(estimated!.low - width / 4).toBeLessThanOrEqual(sumOf(62));
    expect(estimated!.high + width / 4).toBeGreaterThanOrEqual(sumOf(62));
    expect(width).toBeLessThan(2000);
    expect(stated).toBe(12_345);
    const shown = await run('plan', '--strategy', 'estimation', ...target);
    expect(shown.out).toMatch(/cents over all keys [\d,.]+, 90 %: [\d,.]+ to [\d,.]+ .*; a control total says 12,345/);
    expect(shown.out).toContain('unproven: by the history of 60 copies of the states');
    const { id, states, words } = await recover('--strategy', 'estimation', ...target);
    expect(words).toEqual(['incomplete']);
    await run('report', id, '--out', 'page.html');
    const { document } = parseHTML(readFileSync(join(folder, 'page.html'), 'utf8'));
    const chapter = document.querySelector('#estimates')!;
    const low = Math.round(estimated!.low).toLocaleString('en-US');
    expect(chapter.querySelector('.lead')!.textContent).toContain(
      'unproven: by the history of 60 copies of the states',
    );
    expect(chapter.querySelector('tbody tr')!.textContent).toMatch(
      new RegExp(`^cents.*${estimated!.low.toLocaleString('en-US', { maximumFractionDigits: 1 })}.*12,345$`),
    );
    expect(chapter.querySelector('figure svg')!.getAttribute('aria-label')).toContain(`with 90 % from ${low} to`);
    await run('report', id, '--out', 'page.md');
    expect(readFileSync(join(folder, 'page.md'), 'utf8')).toMatch(/^- cents over all keys .* 90 %/m);
    expect(Object.values(states)).toEqual(
      [Math.floor(sumOf(59) / 2), Math.ceil(sumOf(59) / 2)].map((cents) => ({ cents })),
    );
    // Nobody had to accept a loss without a word: the sum is what stands in its place.
    expect((await run('plan', ...target)).out).toMatch(/estimation chosen/);
  }, 60_000);

  it('are refused where they are too few, of unknown times, or asked of no moment', async () => {
    nights(10);
    const plan = (...words: string[]) => run('plan', '--strategy', 'estimation', ...words);
    expect(await plan(...target)).toMatchObject({
      code: 13,
      err: expect.stringContaining('too-few-seasons') as string,
    });
    nights(60);
    expect(await plan()).toMatchObject({ code: 13, err: expect.stringContaining('no-moment') as string });
    expect(await plan('--target-time', at(-day + 1))).toMatchObject({ code: 13 });
    nights(60, () => null);
    expect(await plan(...target)).toMatchObject({ code: 13, err: expect.stringContaining('no-copies') as string });
  }, 60_000);
});
