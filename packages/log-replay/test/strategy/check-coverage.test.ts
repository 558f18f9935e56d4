import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIncident } from '@eventmend/core';
import { runWorkerCheck } from '@eventmend/core/engine';
import { openRunCatalogue } from '@eventmend/core/sqlite';
import { logReplay } from '../../src/log-replay.js';

const start = Date.UTC(2026, 0, 1);
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

interface Order {
  readonly id: string;
  readonly type: string;
  readonly cents: number;
  readonly vip?: boolean;
}

const worker = `import { defineWorker } from '@eventmend/core';
interface Account { readonly open: number }

function refund({ open }: Account, cents: number): Account {
  return { open: open - cents };
}

export default defineWorker<{ id: string; type: string; cents: number; vip?: boolean }, Account>({
  name: 'accounts', version: '1', key: ({ value }) => value.id, initial: () => ({ open: 0 }),
  evolve(state, { value }) {
    if (value.type === 'refunded') {
      return refund(state, value.cents);
    }
    if (value.vip === true) {
      return { open: state.open + value.cents - 5 };
    }
    return { open: state.open + value.cents };
  },
});
`;

/** 600 orders of 20 accounts, a snapshot behind 400; refunds and VIPs come only after it. */
function orders(): readonly Order[] {
  return Array.from({ length: 600 }, (_, index): Order => {
    const id = `k${index % 20}`;
    const type = index > 450 && index % 100 === 7 ? 'refunded' : 'placed';
    return { id, type, cents: 100 + index, ...(index > 450 && index % 100 === 11 ? { vip: true } : {}) };
  });
}

/** Writes worker, log and a snapshot behind 400 orders into a folder. */
function writeIncident(folder: string, code: string, all: readonly Order[]): void {
  writeFileSync(join(folder, 'worker.ts'), code);
  const lines = all.map((value, offset) =>
    line({ topic: 'orders', partition: 0, offset, timestamp: start + offset * 1000, key: value.id, value }),
  );
  writeFileSync(join(folder, 'log.ndjson'), lines.join(''));
  const states = new Map<string, number>();
  for (const { id, cents } of all.slice(0, 400)) states.set(id, (states.get(id) ?? 0) + cents);
  const header = {
    format_version: 1,
    kind: 'snapshot',
    id: 'snap',
    taken_at: new Date(start + 399_500).toISOString(),
    position: [{ topic: 'orders', partition: 0, next: '400' }],
  };
  const rows = [...states].map(([key, open]) => line({ key, state: { open } }));
  writeFileSync(join(folder, 'snap.ndjson'), line(header) + rows.join(''));
}

function openIn(folder: string, reviewed: readonly string[] = []) {
  return openIncident({
    worker: join(folder, 'worker.ts'),
    log: { ndjson: join(folder, 'log.ndjson') },
    onset: new Date(start + 420_000).toISOString(),
    snapshots: join(folder, 'snap.ndjson'),
    store: join(folder, 'store'),
    ...(reviewed.length === 0 ? {} : { reviewed: [...reviewed] }),
  });
}

describe('what a check of the worker covered', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'eventmend-coverage-'));
    writeIncident(folder, worker, orders());
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (reviewed: readonly string[]) => openIn(folder, reviewed);

  it('is told by the check: events, keys, types, and lines of the TypeScript that did not run', async () => {
    const incident = await open([]);
    try {
      const { coverage, verdict } = await runWorkerCheck(incident);
      expect(verdict).toBe('passed');
      expect(coverage?.covered).toMatchObject({ events: 400, keys: 20, types: ['placed'] });
      expect(coverage?.notCovered).toEqual({
        types: [{ type: 'refunded', events: 1, keys: 1 }],
        lines: ['worker.ts:4-5', 'worker.ts:12', 'worker.ts:15'],
        fields: [],
      });
    } finally {
      incident.close();
    }
  });

  it('what depends on the rest is unproven until it is declared reviewed, and nothing else is', async () => {
    const verifyUnder = async (reviewed: readonly string[]) => {
      const incident = await open(reviewed);
      try {
        const strategy = logReplay(incident);
        const plan = await strategy.plan();
        const catalogue = openRunCatalogue(incident.store);
        const runId = `r-${plan.id.slice(0, 8)}`;
        if (!existsSync(join(incident.store, 'runs', runId, 'report.json'))) await strategy.recover(plan);
        const verification = await strategy.verify({ runId });
        const fidelities: Record<string, string[]> = {};
        for (const { key, fidelity } of catalogue.states(runId)) (fidelities[fidelity] ??= []).push(key);
        return { verification, fidelities, report: catalogue.report(runId) };
      } finally {
        incident.close();
      }
    };
    const unreviewed = await verifyUnder([]);
    expect(unreviewed.fidelities).toMatchObject({ unproven: ['k11', 'k7'] });
    expect(unreviewed.fidelities['exact']).toHaveLength(18);
    expect(unreviewed.verification.verdict).toEqual({
      verdict: 'incomplete',
      missing: [{ kind: 'not-covered', keys: 2 }],
    });
    expect(unreviewed.report?.fidelity.keys).toEqual({ exact: 18, unproven: 2 });
    const check = unreviewed.verification.checks.find(({ name }) => name === 'coverage');
    expect(check).toMatchObject({
      result: 'not-checked',
      detail: {
        parts: expect.arrayContaining([
          expect.objectContaining({ kind: 'type', name: 'refunded', events: 1, keys: 1 }),
          expect.objectContaining({ kind: 'code', name: 'worker.ts:15', events: 1, keys: 1 }),
        ]) as unknown,
      },
    });
    const half = await verifyUnder(['refunded']);
    expect(half.fidelities).toMatchObject({ unproven: ['k11'], declared: ['k7'] });
    const whole = await verifyUnder(['refunded', 'worker.ts:15']);
    expect(whole.fidelities).toMatchObject({ declared: ['k11', 'k7'] });
    expect(whole.verification.verdict).toEqual({ verdict: 'complete' });
  });
});

describe('code that runs once, because the worker keeps something to itself', () => {
  // The rule for VIPs can be run again; what is done at the first sight of a tag cannot.
  const forgetful = worker
    .replace('export default', 'const seen = new Set<number>();\n\nexport default')
    .replace(
      "if (value.type === 'refunded') {",
      "if (value.cents > 1000 && !seen.has(1)) {\n      seen.add(1);\n    }\n    if (value.type === 'refunded') {",
    );

  it('counts for every event that may have run it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eventmend-coverage-'));
    try {
      const all = orders().map((order, index): Order => {
        if (index === 500) return { id: order.id, type: 'placed', cents: 2000 };
        if (index === 590) return { id: order.id, type: 'placed', cents: 100, vip: true };
        return { id: order.id, type: 'placed', cents: 100 };
      });
      writeIncident(folder, forgetful, all);
      const incident = await openIn(folder);
      try {
        const strategy = logReplay(incident);
        const run = await strategy.recover();
        const { verdict } = await strategy.verify(run.report);
        expect(verdict).toMatchObject({ verdict: 'incomplete', missing: [{ kind: 'not-covered' }] });
        const states = openRunCatalogue(incident.store).states(run.runId);
        const unproven = [...states].filter(({ fidelity }) => fidelity === 'unproven').map(({ key }) => key);
        // k0 had the order of index 500, k10 the VIP of index 590.
        expect(unproven).toEqual(expect.arrayContaining(['k0', 'k10']));
      } finally {
        incident.close();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
