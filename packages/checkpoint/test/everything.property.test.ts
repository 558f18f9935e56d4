import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMemoryLog,
  createMemorySnapshots,
  isRecoveryError,
  type IncidentInputs,
  type Plan,
  type Run,
} from '@eventmend/core';
import {
  startOfOrder,
  unbalancedAccounts,
  type ControlTotal,
  type ExternalRecordsConfig,
  type FactsConfig,
  type GapEstimator,
} from '@eventmend/core/engine';
import { afterAll, expect, it } from 'vitest';
import { checkpointRecovery } from '../src/index.js';
import { Random, seedOf } from './plain-live.js';
import {
  applyTransfer,
  playTransfers,
  transferWorker,
  type Balances,
  type Transfer,
  type TransferWorld,
} from './transfers.js';

const scratch = mkdtempSync(join(tmpdir(), 'eventmend-everything-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let stores = 0;

const rounds = process.env['EVENTMEND_FULL'] === undefined ? 15 : 1000;
const types = ['deposit', 'interest', 'transfer'];
const typeOf = ({ to, interest }: Transfer['value']): string =>
  interest === true ? 'interest' : to === undefined ? 'deposit' : 'transfer';

function rowsOf(name: string, rows: readonly object[]) {
  const file = join(scratch, `${name}.ndjson`);
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return { kind: 'file', file, format: 'ndjson' } as const;
}

/** A bank that has all events, or some; it may say that it has all. */
function bankOf({ events }: TransferWorld, random: Random): ExternalRecordsConfig {
  const isWhole = random.chance(0.6);
  const rows = events
    .filter(() => isWhole || random.chance(0.7))
    .map(({ time, value }) => ({
      ...{ key: value.from, amount: String(value.amount), type: typeOf(value), value },
      time: time + random.below(5_000),
    }));
  return {
    name: 'bank',
    rows: rowsOf(`bank-${stores}`, rows),
    mapping: {
      key: 'key',
      time: { column: 'time', unit: 'milliseconds' },
      amount: { column: 'amount' },
      type: { column: 'type' },
    },
    rule: {
      ...{ topic: 'transfers', types, id: null, key: 'value.from', time: 'time', typed: true, reversible: false },
      within: { earlier: 0, later: 5_000 },
      amount: { path: 'value.amount', factor: '1' },
      from: (events[0]?.time ?? 0) - 60_000,
      until: (events.at(-1)?.time ?? 0) + 60_000,
    },
    completeFor: isWhole ? types : [],
    event: { topic: 'transfers', key: null, value: { form: 'column', column: 'value' } },
  };
}

/** Right states of some keys, at moments between the events. */
function auditOf({ events }: TransferWorld, random: Random): FactsConfig {
  const within = random.below(15_000);
  const truth = new Map<string, number>();
  const rows: object[] = [];
  for (const event of events) {
    applyTransfer(truth, event);
    for (const [key, state] of truth)
      if (random.chance(0.04)) rows.push({ key, state, time: event.time + 30_000 + random.below(within + 1) });
  }
  return {
    name: 'audit',
    rows: rowsOf(`audit-${stores}`, rows),
    mapping: { key: 'key', time: { column: 'time', unit: 'milliseconds' } },
    template: { topic: '', key: null, value: { form: 'column', column: 'state' } },
    fields: null,
    within: { earlier: within, later: within },
  };
}

function totalsOf({ truth, snapshots }: TransferWorld, random: Random): readonly ControlTotal[] {
  const sumOf = (states: Balances) => [...states.values()].reduce((sum, value) => sum + value, 0);
  const base = { measure: 'balance', within: 0, of: null };
  return [
    { ...base, value: sumOf(truth), at: null },
    ...[...truth].filter(() => random.chance(0.3)).map(([key, value]) => ({ ...base, value, at: null, keys: [key] })),
    ...snapshots
      .filter(() => random.chance(0.3))
      .map(({ takenAt, truth: right }) => ({ ...base, value: sumOf(right), at: takenAt })),
  ];
}

/** As many deposits as are lost, or fewer, to keys that the history knows. */
function guesser({ kept }: TransferWorld, random: Random): GapEstimator {
  return {
    name: 'guess',
    estimate: ({ events }) =>
      Promise.resolve(
        Array.from({ length: Math.max(1, events - random.below(3)) }, () => {
          const { time, value } = random.pick(kept);
          const guessed = { from: value.from, amount: 7 };
          return { topic: 'transfers', key: null, headers: null, value: JSON.stringify(guessed), time };
        }),
      ),
  };
}

function incidentOf(world: TransferWorld, random: Random): IncidentInputs {
  const { locality, kept, next, snapshots, truth } = world;
  const positionOf = (ends: readonly number[]) =>
    ends.map((end, partition) => ({
      ...{ source: 'bank', topic: 'transfers', incarnation: '', partition, next: end, order: startOfOrder },
    }));
  const statesOf = (states: Balances) => [...states].map(([key, state]) => ({ key, state }));
  const right = snapshots.filter(({ takenAt }) => takenAt < world.onset).map(({ id }) => id);
  const isCovered = (state: number): boolean => state >= 0 && state <= 10 * Math.max(...truth.values());
  return {
    incident: { name: 'transfers', onset: random.chance(0.8) ? world.onset : null },
    worker: transferWorker(locality, {
      eventType: ({ value }) => typeOf(value),
      measures: { balance: (state) => state },
      ...(random.chance(0.5) && { invariants: { covered: isCovered } }),
    }),
    logs: [
      createMemoryLog({
        ...{ source: 'bank', topic: 'transfers', fingerprint: 'bank', pageSize: 13 },
        partitions: next.map((to, partition) => ({ partition, beginning: 0, range: { from: 0, to } })),
        events: kept,
      }),
    ],
    snapshots: createMemorySnapshots(
      snapshots.map(({ id, takenAt, next: ends, states }) => ({
        ...{ id, takenAt, position: positionOf(ends), rows: statesOf(states) },
      })),
    ),
    trusted: right.length > 0 && random.chance(0.5) ? [right.at(-1) ?? ''] : [],
    ...(random.chance(0.5) && { records: [bankOf(world, random)] }),
    ...(random.chance(0.7) && { facts: [auditOf(world, random)] }),
    ...(random.chance(0.7) && { totals: totalsOf(world, random) }),
    ...(random.chance(0.4) && {
      live: createMemorySnapshots([{ id: 'live', position: positionOf(next), rows: statesOf(world.live) }]),
    }),
    tuning: { batchEvents: 5 },
    store: join(scratch, String(stores++)),
  };
}

/** Interrupted in the middle, and resumed. */
async function recoverInTwo(
  strategy: ReturnType<typeof checkpointRecovery>,
  plan: Plan,
  isStopped: boolean,
): Promise<Run> {
  if (!isStopped) return strategy.recover(plan);
  const controller = new AbortController();
  const onProgress = (): void => controller.abort();
  try {
    return await strategy.recover(plan, { signal: controller.signal, onProgress });
  } catch (error) {
    if (!isRecoveryError(error) || error.code !== 'interrupted') throw error;
    return strategy.recover(plan);
  }
}

const statesOf = (run: Run) =>
  new Map([...run.states()].map(({ key, state, fidelity }) => [key, { state, fidelity }] as const));

it('whatever other systems say together, nothing is called right that is wrong', { timeout: 3_600_000 }, async () => {
  const seed = seedOf('everything');
  const seen: Record<string, number> = {};
  const count = (what: string): void => void (seen[what] = (seen[what] ?? 0) + 1);
  for (let round = 0; round < rounds; round++) {
    const name = `seed ${seed + round}`;
    const random = new Random(seed + round);
    const world = playTransfers(random);
    const incident = incidentOf(world, random);
    const estimator = random.chance(0.2) ? guesser(world, random) : null;
    const strategy = checkpointRecovery(incident, estimator === null ? {} : { estimator });
    const plan = await strategy.plan();
    if (estimator === null) expect((await strategy.plan()).id, name).toBe(plan.id);
    const run = await recoverInTwo(strategy, plan, random.chance(0.3)).catch((error: unknown) => {
      throw new Error(name, { cause: error });
    });
    expect(unbalancedAccounts(run.accounts), name).toEqual([]);
    const { checks } = await strategy.verify(run);
    const states = statesOf(run);
    const isWrong = [...world.truth].some(([key, value]) => (states.get(key)?.state ?? 0) !== value);
    const failed = checks.filter(({ name: check, result }) => result === 'failed' && !(isWrong && check === 'total'));
    expect(failed, name).toEqual([]);
    const parts = plan.baseline.length > 1 ? 'two states' : 'one state';
    count(parts);
    for (const { applied = 0, source } of run.report.standIns ?? []) if (applied > 0) count(`${source}, ${parts}`);
    for (const [key, { state, fidelity }] of states) {
      count(fidelity);
      if (['incomplete', 'unproven', 'interpolated', 'extrapolated'].includes(fidelity)) continue;
      expect(state, `${name} ${key} ${fidelity}`).toBe(world.truth.get(key));
    }
  }
  process.stderr.write(`everything: ${JSON.stringify(seen)}\n`);
  expect(seen['two states'], `seed ${seed}`).toBeGreaterThan(0);
  if (rounds > 100) expect(seen['external'], `seed ${seed}`).toBeGreaterThan(0);
});
