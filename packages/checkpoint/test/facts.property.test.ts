import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createMemoryLog, createMemorySnapshots, defineWorker, type WorkerSource } from '@eventmend/core';
import { startOfOrder, type FactsConfig } from '@eventmend/core/engine';
import { afterAll, expect, it } from 'vitest';
import { checkpointRecovery } from '../src/index.js';

const worlds = Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? 60);
const firstSeed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261129);
const scratch = mkdtempSync(join(tmpdir(), 'eventmend-facts-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Purse {
  readonly cents: number;
  readonly moves: number;
}
type Move =
  | { readonly type: 'deposit' | 'interest'; readonly to: string; readonly cents: number }
  | { readonly type: 'transfer'; readonly from: string; readonly to: string; readonly cents: number };

/** A transfer takes no more than there is, and interest multiplies: the order of all moves of a purse matters. */
function play(purses: Map<string, Purse>, move: Move): void {
  const at = (key: string): Purse => purses.get(key) ?? { cents: 0, moves: 0 };
  const add = (key: string, cents: number): void => {
    const { cents: before, moves } = at(key);
    purses.set(key, { cents: before + cents, moves: moves + 1 });
  };
  if (move.type === 'deposit') add(move.to, move.cents);
  else if (move.type === 'interest') add(move.to, Math.floor((at(move.to).cents * move.cents) / 100));
  else if (move.type === 'transfer') {
    const taken = Math.min(at(move.from).cents, move.cents);
    add(move.from, -taken);
    add(move.to, taken);
  }
}

const worker = defineWorker<Move, Purse>({
  name: 'purses',
  version: '1.0.0',
  eventType: ({ value }) => value.type,
  keys: ({ value }) => (value.type === 'transfer' ? [value.from, value.to] : [value.to]),
  initial: () => ({ cents: 0, moves: 0 }),
  evolve(states, { value }) {
    const purses = new Map<string, Purse>();
    const keys = value.type === 'transfer' ? [value.from, value.to] : [value.to];
    for (const key of keys) purses.set(key, states.get(key));
    play(purses, value);
    for (const [key, purse] of purses) states.set(key, purse);
  },
});

function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const second = 1000;
const start = 1_770_000_000_000;

interface Row {
  readonly key: string;
  readonly time: number;
  readonly cents: number;
  readonly moves: number;
  readonly isWrong: boolean;
}

function worldOf(seed: number) {
  const random = randomNumbers(seed);
  const partitions = 1 + random(2);
  const keys = ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, 2 + random(5));
  const keyOf = (): string => keys[random(keys.length)] ?? 'a';
  const next = Array.from({ length: partitions }, () => 0);
  const transfers = random(3) > 0;
  let time = start;
  const count = 60 + random(60);
  const events = Array.from({ length: count }, () => {
    time += (1 + random(60)) * second;
    const partition = random(partitions);
    const [from, to] = [keyOf(), keyOf()];
    const kind = random(4);
    const move: Move =
      kind === 0
        ? { type: 'interest', to, cents: 1 + random(20) }
        : kind === 1 && transfers && from !== to
          ? { type: 'transfer', from, to, cents: random(300) }
          : { type: 'deposit', to, cents: random(500) };
    const offset = next[partition] ?? 0;
    next[partition] = offset + 1;
    return { partition, offset, time, move };
  });
  const purses = new Map<string, Purse>();
  const states = events.map(({ move }) => {
    play(purses, move);
    return new Map(purses);
  });
  const baselineAt = 15 + random(20);
  // One or two holes behind the baseline.
  const holes = Array.from({ length: 1 + random(2) }, () => {
    const from = baselineAt + 1 + random(count - baselineAt - 10);
    return { partition: random(partitions), from, to: from + 1 + random(12) };
  });
  const isLost = (index: number, partition: number): boolean =>
    holes.some((hole) => hole.partition === partition && index >= hole.from && index < hole.to);
  const within = random(20) * second;
  const wrongRate = seed % 3 === 0 ? 40 : 0;
  const rows = Array.from({ length: 10 + random(80) }, (): Row[] => {
    const after = random(count);
    const [event, following] = [events[after], events[after + 1]];
    if (event === undefined) return [];
    const key = keyOf();
    const purse = states[after]?.get(key);
    if (purse === undefined) return [];
    const gap = (following?.time ?? event.time + 60 * second) - event.time;
    const moment = event.time + random(gap);
    const isWrong = random(1000) < wrongRate;
    return [
      { key, time: moment + random(2 * within + 1) - within, ...purse, cents: purse.cents + Number(isWrong), isWrong },
    ];
  }).flat();
  return { seed, partitions, events, states, baselineAt, isLost, within, rows, isPartial: random(4) === 0, next };
}

type World = ReturnType<typeof worldOf>;

/** A process, or the same in this thread. */
const asProcess: WorkerSource = {
  kind: 'process',
  command: [process.execPath, 'purses-worker.mjs'],
  cwd: fileURLToPath(new URL('./processes', import.meta.url)),
  files: ['purses-worker.mjs'],
};

async function recover(
  { seed, partitions, events, states, baselineAt, isLost, within, rows, isPartial, next }: World,
  source: WorkerSource | typeof worker = worker,
) {
  const file = join(scratch, `${seed}.ndjson`);
  writeFileSync(file, rows.map(({ isWrong: _, ...row }) => `${JSON.stringify(row)}\n`).join(''));
  const fields = isPartial ? [{ field: 'cents', column: 'cents' }] : [];
  const facts: FactsConfig = {
    name: 'audit',
    rows: { kind: 'file', file, format: 'ndjson' },
    mapping: { key: 'key', time: { column: 'time', unit: 'milliseconds' } },
    template: {
      topic: '',
      key: null,
      value: {
        form: 'fields',
        fields: isPartial
          ? fields
          : [
              { field: 'cents', column: 'cents' },
              { field: 'moves', column: 'moves' },
            ],
      },
    },
    fields: isPartial ? [['cents']] : null,
    within: { earlier: within, later: within },
  };
  const at = events[baselineAt];
  const before = events.slice(0, baselineAt + 1);
  const position = Array.from({ length: partitions }, (_, partition) => ({
    source: 'purses',
    topic: 'moves',
    incarnation: '',
    partition,
    next: before.filter((event) => event.partition === partition).length,
    order: startOfOrder,
  }));
  const strategy = checkpointRecovery({
    incident: { name: 'purses', onset: (at?.time ?? 0) + second / 2 },
    worker: source,
    logs: [
      createMemoryLog({
        source: 'purses',
        topic: 'moves',
        fingerprint: String(seed),
        partitions: next.map((end, partition) => ({ partition, beginning: 0, range: { from: 0, to: end } })),
        events: events
          .filter(({ partition }, index) => !isLost(index, partition))
          .map(({ partition, offset, time, move }) => ({ partition, offset, time, key: null, value: move })),
      }),
    ],
    snapshots: createMemorySnapshots([
      {
        id: 'before',
        takenAt: at?.time ?? 0,
        position,
        rows: [...(states[baselineAt] ?? [])].map(([key, state]) => ({ key, state })),
      },
    ]),
    facts: [facts],
    store: join(scratch, `store-${seed}-${source === worker ? 'module' : 'process'}`),
    tuning: { batchEvents: 7 },
  });
  const plan = await strategy.plan();
  const run = await strategy.recover(plan);
  const { checks } = await strategy.verify(run);
  return { plan, run, checks };
}

/** Keys that a wrong row names, and all that share an event with one of them. */
function taintedKeys({ events, rows }: World): ReadonlySet<string> {
  const tainted = new Set(rows.flatMap(({ key, isWrong }) => (isWrong ? [key] : [])));
  for (let before = -1; before !== tainted.size;) {
    before = tainted.size;
    for (const { move } of events) {
      if (move.type !== 'transfer' || !(tainted.has(move.from) || tainted.has(move.to))) continue;
      tainted.add(move.from).add(move.to);
    }
  }
  return tainted;
}

it(`facts make nothing exact or external that is wrong where they are right (seed ${firstSeed})`, async () => {
  const seen = { external: 0, incomplete: 0, used: 0, contradictions: 0, disbelieved: 0 };
  for (let seed = firstSeed; seed < firstSeed + worlds; seed++) {
    const world = worldOf(seed);
    const { plan, run, checks } = await recover(world);
    const failed = checks.filter(({ result }) => result === 'failed');
    expect(failed, `seed ${seed}: the second replay`).toEqual([]);
    const [found] = plan.facts ?? [];
    const counts: Readonly<Record<string, number>> = { ...found?.rows };
    const counted = Object.values(counts).reduce((sum, count) => sum + count, 0);
    expect(counted, `seed ${seed}: all rows`).toBe(world.rows.length);
    const applied = run.report.standIns?.find(({ source }) => source === 'facts:audit')?.applied ?? 0;
    expect(applied, `seed ${seed}: applied`).toBe(found?.rows.used);
    seen.used += applied;
    seen.contradictions += found?.contradictions.length ?? 0;
    if (found?.unusable === 'disagrees') seen.disbelieved++;
    const tainted = taintedKeys(world);
    const truth = world.states.at(-1);
    for (const { key, state, fidelity } of run.states()) {
      if (fidelity === 'incomplete') seen.incomplete++;
      if (fidelity === 'external') seen.external++;
      if (fidelity === 'incomplete' || fidelity === 'unproven' || tainted.has(key)) continue;
      expect(state, `seed ${seed}: ${key} is ${fidelity}`).toEqual(truth?.get(key));
    }
    if (world.isPartial) expect([...run.states()].filter(({ fidelity }) => fidelity === 'external')).toEqual([]);
    if (tainted.size === 0) expect(found?.rows.differing, `seed ${seed}: right rows agree`).toBe(0);
  }
  if (process.env['EVENTMEND_SHOW'] !== undefined) console.log(seen);
  // A handful of worlds need not show everything.
  if (worlds >= 60) for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
}, 600_000);

it.each([100_001, 100_002])('facts set the same under a worker that is a process (seed %i)', async (seed) => {
  const world = worldOf(firstSeed + seed);
  const [here, there] = [await recover(world), await recover(world, asProcess)];
  expect(there.checks.filter(({ result }) => result === 'failed')).toEqual([]);
  expect(there.plan.facts).toEqual(here.plan.facts?.map((facts) => ({ ...facts, log: facts.log })));
  const [ours, theirs] = [here, there].map(({ run }) => [...run.states()].map(({ key, state }) => [key, state]));
  expect(theirs).toEqual(ours);
});
