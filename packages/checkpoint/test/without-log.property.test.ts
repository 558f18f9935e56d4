import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemorySnapshots, defineWorker } from '@eventmend/core';
import { startOfOrder, type ExternalRecordsConfig } from '@eventmend/core/engine';
import { afterAll, expect, it } from 'vitest';
import { checkpointRecovery } from '../src/index.js';

const worlds = Number(
  process.env['EVENTMEND_PROPERTY_RUNS'] ?? (process.env['EVENTMEND_FULL'] === undefined ? 30 : 600),
);
const firstSeed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261130);
const scratch = mkdtempSync(join(tmpdir(), 'eventmend-without-log-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Move {
  readonly kind: 'deposit' | 'interest' | 'transfer';
  readonly from: string;
  readonly to: string;
  readonly cents: number;
}

const worker = defineWorker<Move, number>({
  name: 'purses',
  version: '1.0.0',
  topics: ['moves'],
  keys: ({ value: { kind, from, to } }) => (kind === 'transfer' ? [from, to] : [to]),
  initial: () => 0,
  evolve(states, { value: { kind, from, to, cents } }) {
    if (kind === 'deposit') states.set(to, states.get(to) + cents);
    else if (kind === 'interest') states.set(to, Math.floor((states.get(to) * (100 + cents)) / 100));
    else {
      const taken = Math.min(states.get(from), cents);
      states.set(from, states.get(from) - taken);
      states.set(to, states.get(to) + taken);
    }
  },
});

/** The same, written a second time. */
function play(moves: readonly Move[]): Map<string, number> {
  const purses = new Map<string, number>();
  for (const { kind, from, to, cents } of moves) {
    const has = purses.get(to) ?? 0;
    if (kind === 'deposit') purses.set(to, has + cents);
    if (kind === 'interest') purses.set(to, Math.floor((has * (100 + cents)) / 100));
    if (kind !== 'transfer') continue;
    const taken = Math.min(purses.get(from) ?? 0, cents);
    purses.set(from, (purses.get(from) ?? 0) - taken);
    purses.set(to, (purses.get(to) ?? 0) + taken);
  }
  return purses;
}

function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const start = 1_770_000_000_000;
const slack = 1000;

/** A small service whose whole log is gone. */
function worldOf(seed: number) {
  const random = randomNumbers(seed);
  const keys = ['a', 'b', 'c', 'd', 'e'].slice(0, 2 + random(4));
  const keyOf = (): string => keys[random(keys.length)] ?? 'a';
  let time = start;
  const events = Array.from({ length: 10 + random(40) }, () => {
    time += 3 * slack + random(60_000);
    const [from, to] = [keyOf(), keyOf()];
    const kind = from === to ? 'deposit' : (['deposit', 'interest', 'transfer'] as const)[random(3)]!;
    return { time, move: { kind, from, to, cents: 1 + random(300) } };
  });
  const known = random(events.length);
  const copy = random(3) === 0 ? null : { behind: known, isPlaced: random(2) === 0, isTrusted: random(2) === 0 };
  const missing = random(3) === 0 ? random(events.length) : null;
  return {
    ...{ seed, events, copy },
    isSaid: random(2) === 0,
    /** A row in the records of the bank that is not there. */
    missing,
    isShuffled: random(2) === 0,
  };
}

async function recover({ seed, events, copy, isSaid, missing, isShuffled }: ReturnType<typeof worldOf>) {
  const rows = events.map(({ time, move }, n) => ({ id: `m${n}`, time, ...move })).filter((_, n) => n !== missing);
  if (isShuffled) rows.reverse();
  const file = join(scratch, `${seed}.ndjson`);
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const bank: ExternalRecordsConfig = {
    name: 'bank',
    rows: { kind: 'file', file, format: 'ndjson' },
    mapping: { id: 'id', time: { column: 'time', unit: 'milliseconds' } },
    rule: {
      ...{ topic: 'moves', types: null, id: 'value.id', key: null, time: 'time', amount: null },
      within: { earlier: slack, later: slack },
      ...{ typed: false, reversible: false, from: isSaid ? null : start, until: null },
    },
    completeFor: [],
    ...(isSaid && { hasEveryEvent: true }),
    event: { topic: 'moves', key: null, value: { form: 'row' } },
  };
  const last = copy === null ? undefined : events[copy.behind];
  const moves = events.map(({ move }) => move);
  const strategy = checkpointRecovery({
    incident: { name: 'purses', onset: copy?.isTrusted === true ? null : (last?.time ?? 0) + 2 * slack },
    worker,
    logs: [],
    ...(copy !== null && {
      snapshots: createMemorySnapshots([
        {
          id: 'copy',
          takenAt: (last?.time ?? 0) + 1.5 * slack,
          position: copy.isPlaced
            ? [
                {
                  source: '',
                  topic: 'moves',
                  incarnation: '',
                  partition: 0,
                  next: copy.behind + 1,
                  order: startOfOrder,
                },
              ]
            : null,
          rows: [...play(moves.slice(0, copy.behind + 1))].map(([key, state]) => ({ key, state })),
        },
      ]),
      ...(copy.isTrusted && { trusted: ['copy'] }),
    }),
    records: [bank],
    store: join(scratch, `store-${seed}`),
  });
  const assessment = await strategy.assess();
  const plan = await strategy.plan();
  const run = await strategy.recover(plan);
  const { checks } = await strategy.verify(run);
  return { assessment, plan, run, checks, truth: play(moves) };
}

it(`a service without a log is what its records say, and is called no better than it is (seed ${firstSeed})`, async () => {
  const seen = { whole: 0, said: 0, lied: 0, placed: 0, fromNothing: 0 };
  for (let seed = firstSeed; seed < firstSeed + worlds; seed++) {
    const world = worldOf(seed);
    const { assessment, plan, run, checks, truth } = await recover(world);
    const { copy, isSaid, missing } = world;
    expect(
      checks.filter(({ result }) => result === 'failed'),
      `seed ${seed}: the second replay`,
    ).toEqual([]);
    expect(assessment.expectedLoss.kind, `seed ${seed}`).toBe('unknown');
    expect(plan.expected.loss.events, `seed ${seed}`).toBeNull();
    expect(plan.workerCheck.checked, `seed ${seed}`).toBe(false);
    expect(run.report, `seed ${seed}`).toMatchObject({
      verdict: { verdict: 'incomplete', missing: expect.arrayContaining([{ kind: 'loss-unknown' }]) as unknown },
      lossUnknown: true,
    });
    const states = [...run.states()];
    const isWhole = missing === null || (copy !== null && missing <= copy.behind);
    if (isWhole) {
      expect(new Map(states.map(({ key, state }) => [key, state])), `seed ${seed}`).toEqual(truth);
    }
    // The copy begins where its rows do; what it does not hold stands behind it.
    const rows = world.events.filter((_, n) => n !== missing && (copy === null || n > copy.behind)).length;
    expect(plan.standIns?.[0]?.rows.used ?? 0, `seed ${seed}`).toBe(rows);
    for (const { key, fidelity } of states) {
      expect(fidelity, `seed ${seed}: ${key}`).toBe(isSaid && rows > 0 ? 'unproven' : 'incomplete');
    }
    if (isWhole) seen.whole++;
    if (isWhole && isSaid) seen.said++;
    if (!isWhole && isSaid) seen.lied++;
    if (copy?.isPlaced === true) seen.placed++;
    if (copy === null) seen.fromNothing++;
  }
  if (process.env['EVENTMEND_SHOW'] !== undefined) console.log(seen);
  if (worlds >= 30) for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
}, 600_000);
