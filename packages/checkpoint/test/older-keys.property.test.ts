import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryLog, createMemorySnapshots, type IncidentInputs, type Plan, type Run } from '@eventmend/core';
import { startOfOrder, unbalancedAccounts } from '@eventmend/core/engine';
import { afterAll, describe, expect, it } from 'vitest';
import { checkpointRecovery } from '../src/index.js';
import { Random, seedOf } from './plain-live.js';
import {
  playTransfers,
  recoverPlainly,
  transferWorker,
  type Balances,
  type TransferSnapshot,
  type TransferWorld,
} from './transfers.js';

const scratch = mkdtempSync(join(tmpdir(), 'eventmend-older-keys-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let stores = 0;

const full = process.env['EVENTMEND_FULL'] !== undefined;
const rounds = full ? 2000 : 20;

interface Settings {
  /** The onset that the incident names; null for none. */
  readonly onset: number | null;
  readonly trusted: readonly string[];
  readonly live: boolean;
  readonly tuning?: IncidentInputs['tuning'];
}

function incidentOf(world: TransferWorld, { onset, trusted, live, tuning }: Settings): IncidentInputs {
  const { locality, kept, next, snapshots } = world;
  const positionOf = (ends: readonly number[]) =>
    ends.map((end, partition) => ({
      ...{ source: 'bank', topic: 'transfers', incarnation: '', partition, next: end, order: startOfOrder },
    }));
  const rowsOf = (states: Balances) => [...states].map(([key, state]) => ({ key, state }));
  return {
    incident: { name: 'transfers', onset },
    worker: transferWorker(locality),
    logs: [
      createMemoryLog({
        source: 'bank',
        topic: 'transfers',
        fingerprint: 'bank',
        pageSize: 13,
        partitions: next.map((to, partition) => ({ partition, beginning: 0, range: { from: 0, to } })),
        events: kept,
      }),
    ],
    snapshots: createMemorySnapshots(
      snapshots.map(({ id, takenAt, next: ends, states }) => ({
        ...{ id, takenAt, position: positionOf(ends), rows: rowsOf(states) },
      })),
    ),
    trusted,
    ...(live && {
      live: createMemorySnapshots([{ id: 'live', position: positionOf(next), rows: rowsOf(world.live) }]),
    }),
    ...(tuning !== undefined && { tuning }),
    store: join(scratch, String(stores++)),
  };
}

/** The onset is known, believed to be later than it was, or not known; one of the right snapshots may be trusted. */
function settingsOf(world: TransferWorld, random: Random): Settings {
  const right = world.snapshots.filter(({ takenAt }) => takenAt < world.onset).map(({ id }) => id);
  const believed = random.chance(0.3) ? (random.chance(0.5) ? null : world.onset + 60 * 60_000) : world.onset;
  return {
    onset: believed,
    trusted: right.length > 0 && random.chance(0.4) ? [right.at(-1) ?? ''] : [],
    live: random.chance(0.3),
  };
}

const beginning = (world: TransferWorld) => ({ next: world.next.map(() => 0), states: new Map<string, number>() });

function stateOf(world: TransferWorld, source: Plan['baseline'][number]['source']): TransferSnapshot | null {
  return source.kind === 'genesis' ? null : (world.snapshots.find(({ id }) => id === source.id) ?? null);
}

function rightKeys(world: TransferWorld, states: Balances): number {
  return [...world.truth].filter(([key, balance]) => states.get(key) === balance).length;
}

/** What a plan says of the keys that it names must hold. */
function judgePlan(world: TransferWorld, plan: Plan, seed: string): void {
  const newest = stateOf(world, plan.baseline.at(-1)?.source ?? { kind: 'genesis' });
  for (const { scope, basis, source, insteadOf } of plan.baseline) {
    if (scope.kind === 'all') continue;
    const from = stateOf(world, source);
    if (basis !== 'unproven') {
      for (const key of scope.keys) expect(from?.states.get(key), `${seed} ${key}`).toBe(from?.truth.get(key));
    }
    if (insteadOf === undefined) continue;
    expect(insteadOf.snapshot, seed).toBe(newest?.id);
    const wrong = scope.keys.filter((key) => newest?.states.get(key) !== newest?.truth.get(key));
    if (basis !== 'unproven') expect(wrong.length, seed).toBe(insteadOf.wrong);
  }
}

/** A plain loop over the same plan: each key as if all had begun where it does. */
function replayPlan(world: TransferWorld, { baseline }: Plan): Balances {
  const whole = baseline.map(({ source }) =>
    recoverPlainly(world, stateOf(world, source) ?? beginning(world), world.next),
  );
  const named = new Map(
    baseline.flatMap(({ scope }, part) => (scope.kind === 'keys' ? scope.keys.map((key) => [key, part] as const) : [])),
  );
  const rest = baseline.findIndex(({ scope }) => scope.kind === 'all');
  const states = new Map<string, number>();
  for (const key of new Set(whole.flatMap((balances) => [...balances.keys()]))) {
    const balance = whole[named.get(key) ?? rest]?.get(key);
    if (balance !== undefined) states.set(key, balance);
  }
  return states;
}

function statesOf(run: Run): ReadonlyMap<string, { readonly state: unknown; readonly fidelity: string }> {
  return new Map([...run.states()].map(({ key, state, fidelity }) => [key, { state, fidelity }]));
}

/** Plans, recovers and verifies; nothing that is called right may be wrong. */
async function carryOut(world: TransferWorld, settings: Settings, name: string) {
  const strategy = checkpointRecovery(incidentOf(world, settings));
  const plan = await strategy.plan();
  judgePlan(world, plan, name);
  const run = await strategy.recover(plan);
  expect(unbalancedAccounts(run.accounts), name).toEqual([]);
  const { checks } = await strategy.verify(run);
  expect(
    checks.filter(({ result }) => result === 'failed'),
    name,
  ).toEqual([]);
  const states = statesOf(run);
  let called = 0;
  for (const [key, { state, fidelity }] of states) {
    if (fidelity === 'incomplete' || fidelity === 'unproven') continue;
    expect(state, `${name} ${key} ${fidelity}`).toBe(world.truth.get(key));
    called++;
  }
  return { plan, run, states, called };
}

/**
 * The log lost what is older than a trusted state; of one partition what lies between that state and a later one from before the onset; of
 * the others what lies between this one and the newest. Null where the world has no such states.
 */
function withLosses(world: TransferWorld): { readonly world: TransferWorld; readonly settings: Settings } | null {
  const right = world.snapshots.filter(({ takenAt }) => takenAt < world.onset);
  const [trusted, later, newest] = [right.at(0), right.at(-1), world.snapshots.at(-1)];
  if (trusted === undefined || later === undefined || newest === undefined) return null;
  if (world.locality !== 'partition' || world.next.length < 3 || later === trusted) return null;
  const isKept = ({ partition, offset }: { readonly partition: number; readonly offset: number }): boolean => {
    const begin = [trusted, later][partition] ?? newest;
    return offset >= (begin.next[partition] ?? 0);
  };
  return {
    world: { ...world, kept: world.events.filter(isKept) },
    settings: { onset: world.onset, trusted: [trusted.id], live: false },
  };
}

describe('single keys from an older state', () => {
  it(
    'make nothing wrong that is called right, and are at least as good as either state alone',
    { timeout: 3_600_000 },
    async () => {
      const seed = seedOf('older keys');
      const sums = { mixed: 0, older: 0, newer: 0, rounds: 0, exact: 0, passedOver: 0 };
      for (let round = 0; round < rounds; round++) {
        const random = new Random(seed + round);
        const world = playTransfers(random);
        const settings = settingsOf(world, random);
        const name = `seed ${seed + round}`;
        const { plan, run, states, called } = await carryOut(world, settings, name);
        sums.exact += called;
        if (plan.baseline.length === 1) continue;
        const recovered = new Map([...states].map(([key, { state }]) => [key, state as number]));
        const plain = replayPlan(world, plan);
        if (!settings.live) expect(new Map([...recovered].sort()), name).toEqual(new Map([...plain].sort()));
        const [told] = plan.baseline;
        const newest = plan.baseline.at(-1);
        if (told?.insteadOf === undefined || newest === undefined) continue;
        sums.passedOver += run.report.totals.skipped['before-baseline'] ?? 0;
        sums.rounds++;
        sums.mixed += rightKeys(world, plain);
        sums.older += rightKeys(
          world,
          recoverPlainly(world, stateOf(world, told.source) ?? beginning(world), world.next),
        );
        sums.newer += rightKeys(
          world,
          recoverPlainly(world, stateOf(world, newest.source) ?? beginning(world), world.next),
        );
      }
      process.stderr.write(`older keys: ${JSON.stringify(sums)}\n`);
      expect(sums.rounds, `seed ${seed}`).toBeGreaterThan(0);
      expect(sums.passedOver, `seed ${seed}`).toBeGreaterThan(0);
      expect(sums.mixed, `seed ${seed}`).toBeGreaterThanOrEqual(Math.max(sums.older, sums.newer));
    },
  );

  it(
    'come from several older states, each from the best proven one that tells of it',
    { timeout: 3_600_000 },
    async () => {
      const seed = seedOf('several older states');
      const sums = { worlds: 0, several: 0, declared: 0 };
      for (let round = 0; sums.worlds < (full ? 400 : 12); round++) {
        const lost = withLosses(playTransfers(new Random(seed + round)));
        if (lost === null) continue;
        sums.worlds++;
        const { world, settings } = lost;
        const name = `seed ${seed + round}`;
        const { plan, states, called } = await carryOut(world, settings, name);
        const recovered = new Map([...states].map(([key, { state }]) => [key, state as number]));
        expect(new Map([...recovered].sort()), name).toEqual(new Map([...replayPlan(world, plan)].sort()));
        const begun = new Set(
          plan.baseline.flatMap(({ insteadOf, source }) =>
            insteadOf === undefined ? [] : [source.kind === 'genesis' ? '' : source.id],
          ),
        );
        if (begun.size > 1) sums.several++;
        sums.declared += called;
      }
      process.stderr.write(`several older states: ${JSON.stringify(sums)}\n`);
      expect(sums.several, `seed ${seed}`).toBeGreaterThan(0);
      expect(sums.declared, `seed ${seed}`).toBeGreaterThan(0);
    },
  );
});
