import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMemoryLog,
  createMemorySnapshots,
  defineWorker,
  type IncidentInputs,
  type Position,
} from '@eventmend/core';
import { startOfOrder } from '@eventmend/core/engine';
import { afterAll, describe, expect, it } from 'vitest';
import { checkpointRecovery } from '../src/index.js';
import { applyToAccount, playBank, type Account, type BankEvent, type DamagedBank } from './damaged-bank.js';

const scratch = mkdtempSync(join(tmpdir(), 'eventmend-roll-forward-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let stores = 0;

function bankWorker(locality: 'partition' | 'global') {
  return defineWorker<BankEvent['value'], Account>({
    name: 'bank',
    version: '1.0.0',
    locality,
    key: (event) => event.key ?? '',
    initial: () => ({ balance: 0, events: 0 }),
    evolve: (state, event) => applyToAccount(state, event.value),
  });
}

function positionOf(next: readonly number[]): Position {
  return next.map((offset, partition) => ({
    source: 'bank',
    topic: 'payments',
    incarnation: '',
    partition,
    next: offset,
    order: startOfOrder,
  }));
}

/** What survived: the log but for some offsets, all snapshots and the live state. */
function incidentOf(
  bank: DamagedBank,
  isKept: (event: BankEvent) => boolean,
  locality: 'partition' | 'global' = 'partition',
): IncidentInputs {
  return {
    incident: { name: 'bank', onset: bank.onset },
    worker: bankWorker(locality),
    logs: [
      createMemoryLog({
        source: 'bank',
        topic: 'payments',
        fingerprint: 'bank',
        partitions: bank.next.map((to, partition) => ({ partition, beginning: 0, range: { from: 0, to } })),
        events: bank.events
          .filter(isKept)
          .map(({ partition, offset, time, key, value }) => ({ partition, offset, time, key, value })),
      }),
    ],
    snapshots: createMemorySnapshots(
      bank.snapshots.map(({ id, takenAt, next, rows }) => ({ id, takenAt, position: positionOf(next), rows })),
    ),
    live: createMemorySnapshots([
      {
        id: 'live',
        position: positionOf(bank.next),
        rows: [...bank.live].map(([key, state]) => ({ key, state })),
      },
    ]),
    store: join(scratch, `store-${stores++}`),
  };
}

/** How many values are those of the truth, and which are called exact and are not. */
function judge(bank: DamagedBank, states: Iterable<{ key: string; state: unknown; fidelity: string }>) {
  const wrongExact: string[] = [];
  let right = 0;
  for (const { key, state, fidelity } of states) {
    const isRight = JSON.stringify(state) === JSON.stringify(bank.truth.get(key));
    if (isRight) right++;
    else if (fidelity === 'exact' || fidelity === 'declared') wrongExact.push(key);
  }
  return { right, wrongExact };
}

function rightOf(bank: DamagedBank, states: ReadonlyMap<string, Account>): number {
  let right = 0;
  for (const [key, state] of bank.truth) if (JSON.stringify(states.get(key)) === JSON.stringify(state)) right++;
  return right;
}

const settings = { partitions: 3, accounts: 60, events: 6000, faultRate: 0.01, snapshotEvery: 500 };

describe('rolling forward from a checkpoint', () => {
  it('begins behind the lost part of the log, at the newest snapshot from before the error', async () => {
    const bank = playBank({ ...settings, seed: 1 });
    // Retention took all that is older than snapshot s-003000; the error began at event 3,600.
    const cut = bank.snapshots.find(({ id }) => id === 's-003000');
    const incident = incidentOf(bank, ({ partition, offset }) => offset >= (cut?.next[partition] ?? 0));
    const strategy = checkpointRecovery(incident);
    const plan = await strategy.plan();
    expect(plan.baseline[0]).toMatchObject({ source: { id: 's-003500' }, basis: 'unproven' });
    expect(plan.workerCheck).toMatchObject({ checked: true, snapshot: 's-003500' });
    expect(plan.expected.loss.events).toBe(0);
    const run = await strategy.recover(plan);
    const { right } = judge(bank, run.states());
    expect(right).toBe(bank.truth.size);
    expect([...run.states()].every(({ fidelity }) => fidelity === 'unproven')).toBe(true);
    expect(run.verdict).toMatchObject({
      verdict: 'incomplete',
      missing: expect.arrayContaining([{ kind: 'baseline-unproven', snapshot: 's-003500' }]) as unknown,
    });
    const verification = await strategy.verify(run);
    expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
  });

  it.each(['partition', 'global'] as const)(
    'is never worse than doing nothing, and calls nothing exact that is wrong (%s)',
    async (locality) => {
      const totals = { rebuilt: 0, live: 0, chosen: 0, keys: 0 };
      for (let seed = 100; seed < 112; seed++) {
        const bank = playBank({ ...settings, seed, faultRate: seed % 2 === 0 ? 0.002 : 0.05 });
        // A stretch behind the onset is lost in one or two partitions.
        const lostFrom = bank.onset + 200 * 60_000;
        const lostTo = lostFrom + (seed % 3 === 0 ? 20 : 900) * 60_000;
        const isKept = ({ partition, time }: BankEvent): boolean =>
          partition > seed % 2 || time < lostFrom || time >= lostTo;
        const strategy = checkpointRecovery(incidentOf(bank, isKept, locality));
        const run = await strategy.recover();
        const { right, wrongExact } = judge(bank, run.states());
        expect(wrongExact, `seed ${seed}`).toEqual([]);
        const rebuilt = checkpointRecovery({ ...incidentOf(bank, isKept, locality), live: null });
        const withoutLive = await rebuilt.recover();
        totals.rebuilt += judge(bank, withoutLive.states()).right;
        totals.live += rightOf(bank, bank.live);
        totals.chosen += right;
        totals.keys += bank.truth.size;
        const verification = await strategy.verify(run);
        expect(
          verification.checks.filter(({ result }) => result === 'failed'),
          `seed ${seed}`,
        ).toEqual([]);
      }
      console.log(locality, totals);
      expect(totals.chosen).toBeGreaterThanOrEqual(Math.max(totals.rebuilt, totals.live));
    },
  );
});
