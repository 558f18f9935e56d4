import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openIncident } from '@eventmend/core';
import { runWorkerCheck } from '@eventmend/core/engine';
import { openRunCatalogue } from '@eventmend/core/sqlite';
import { logReplay } from '../../src/log-replay.js';

const start = Date.UTC(2026, 0, 1);
const second = (at: number): number => start + at * 1000;
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** What it takes off for VIPs, the healthy service takes off where a test says so, and nowhere else. */
const workerOf = (locality: 'partition' | 'global'): string => `import { defineWorker } from '@eventmend/core';

export default defineWorker<{ id: string; vip?: boolean; bad?: boolean }, { open: number }>({
  name: 'accounts', version: '1', locality: '${locality}',
  outputs: { open: { kind: 'latest' } },
  key: ({ value }) => value.id, initial: () => ({ open: 0 }),
  evolve(state, { value }, { emit }) {
    if (value.bad === true) {
      throw new Error('it cannot be handled');
    }
    if (value.vip === true) {
      emit('open', state.open + 95);
      return { open: state.open + 95 };
    }
    emit('open', state.open + 100);
    return { open: state.open + 100 };
  },
});
`;

interface Sent {
  readonly partition: number;
  readonly offset: number;
  /** In seconds. */
  readonly at: number;
  readonly id: string;
  readonly vip?: boolean;
  readonly bad?: boolean;
}

interface Kept {
  readonly next: readonly [number, number];
  readonly at: number;
  readonly states: Readonly<Record<string, number>>;
}

describe('code that ran for keys that were not compared', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eventmend-covered-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** How good the states are called, of an incident that began a minute after the log. */
  async function fidelitiesOf(
    locality: 'partition' | 'global',
    events: readonly Sent[],
    snapshots: readonly Kept[],
    sent: readonly object[] | null = null,
  ): Promise<Readonly<Record<string, string>>> {
    writeFileSync(join(folder, 'worker.ts'), workerOf(locality));
    const rows = events.map(({ partition, offset, at, ...value }) =>
      line({ topic: 'orders', partition, offset, timestamp: second(at), key: value.id, value }),
    );
    writeFileSync(join(folder, 'log.ndjson'), rows.join(''));
    const files = snapshots.map(({ next, at, states }, number) => {
      const file = join(folder, `snap-${number}.ndjson`);
      const position = next.map((offset, partition) => ({ topic: 'orders', partition, next: String(offset) }));
      const header = { format_version: 1, kind: 'snapshot', id: `snap-${number}`, position };
      const held = Object.entries(states).map(([key, open]) => line({ key, state: { open } }));
      writeFileSync(file, line({ ...header, taken_at: new Date(second(at)).toISOString() }) + held.join(''));
      return file;
    });
    writeFileSync(join(folder, 'outputs.ndjson'), (sent ?? []).map(line).join(''));
    const incident = await openIncident({
      worker: join(folder, 'worker.ts'),
      log: { ndjson: join(folder, 'log.ndjson') },
      poison: 'quarantine-event',
      onset: new Date(second(60)).toISOString(),
      ...(files.length > 0 && { snapshots: files }),
      ...(sent !== null && { live: { outputs: join(folder, 'outputs.ndjson') } }),
      store: join(folder, 'store'),
    });
    try {
      if (sent !== null) expect(await runWorkerCheck(incident)).toMatchObject({ verdict: 'passed' });
      const strategy = logReplay(incident);
      const run = await strategy.recover(await strategy.plan({ acceptGaps: true }));
      await strategy.verify(run.report);
      const states = openRunCatalogue(incident.store).states(run.runId);
      return Object.fromEntries([...states].map(({ key, fidelity }) => [key, fidelity]));
    } finally {
      incident.close();
    }
  }

  it.each([1, 2, 3])('does not count for those of the partition before, of %i events', async (before) => {
    const events: Sent[] = [
      ...Array.from({ length: before }, (_, offset): Sent => ({ partition: 0, offset, at: offset, id: 'a' })),
      { partition: 1, offset: 0, at: 0, id: 'b', vip: true },
      // The event at offset 1 is lost, so that nobody knows what is right of b.
      { partition: 1, offset: 2, at: 2, id: 'b' },
      { partition: 0, offset: before, at: 100, id: 'a', vip: true },
    ];
    const kept: Kept = { next: [before, 3], at: 50, states: { a: 100 * before, b: 300 } };
    expect(await fidelitiesOf('partition', events, [kept])).toMatchObject({ a: 'unproven' });
  });

  it('takes nothing from what ran for those of the partition before', async () => {
    const events: Sent[] = [
      { partition: 0, offset: 0, at: 0, id: 'a' },
      { partition: 0, offset: 1, at: 1, id: 'a', vip: true },
      { partition: 1, offset: 0, at: 0, id: 'b' },
      { partition: 1, offset: 2, at: 2, id: 'b' },
      { partition: 0, offset: 2, at: 100, id: 'a', vip: true },
    ];
    const kept: Kept = { next: [2, 3], at: 50, states: { a: 195, b: 300 } };
    expect(await fidelitiesOf('partition', events, [kept])).toMatchObject({ a: 'exact' });
  });

  it('does not count because the outputs of other keys were compared', async () => {
    const events: Sent[] = [
      { partition: 0, offset: 0, at: 0, id: 'a' },
      { partition: 0, offset: 1, at: 1, id: 'a' },
      { partition: 1, offset: 0, at: 0, id: 'b' },
      { partition: 1, offset: 1, at: 1, id: 'b', vip: true },
      { partition: 1, offset: 3, at: 3, id: 'b' },
      { partition: 0, offset: 2, at: 100, id: 'a', vip: true },
    ];
    const kept: Kept = { next: [2, 4], at: 50, states: { a: 200, b: 400 } };
    const sent = [0, 1].map((offset) => ({
      ...{ output: 'open', key: 'a', value: 100 * (offset + 1) },
      ...{ topic: 'orders', partition: 0, offset },
    }));
    expect(await fidelitiesOf('partition', events, [kept], sent)).toMatchObject({ a: 'unproven' });
  });

  it('does not count where it ran on the way to a snapshot that the replay does not pass', async () => {
    const events: Sent[] = [
      { partition: 0, offset: 0, at: 0, id: 'a' },
      { partition: 1, offset: 0, at: 0, id: 'c' },
      { partition: 0, offset: 1, at: 1, id: 'b', bad: true },
      { partition: 1, offset: 1, at: 2, id: 'd' },
      { partition: 0, offset: 2, at: 3, id: 'b', vip: true },
      { partition: 0, offset: 3, at: 100, id: 'a', vip: true },
    ];
    const aside: Kept = { next: [3, 1], at: 40, states: { a: 100, b: 200, c: 100 } };
    const passed: Kept = { next: [3, 2], at: 50, states: { a: 100, b: 200, c: 100, d: 100 } };
    expect(await fidelitiesOf('global', events, [aside, passed])).toMatchObject({ a: 'unproven', c: 'exact' });
  });

  it('does not count for those that nobody compared, behind the last snapshot either', async () => {
    const events: Sent[] = [
      { partition: 0, offset: 0, at: 0, id: 'a' },
      { partition: 0, offset: 1, at: 1, id: 'a' },
      { partition: 1, offset: 0, at: 0, id: 'b' },
      { partition: 1, offset: 1, at: 1, id: 'b' },
      { partition: 1, offset: 3, at: 3, id: 'b' },
      // Behind the snapshot and before the onset, of a key of which no outputs were kept.
      { partition: 1, offset: 4, at: 52, id: 'b', vip: true },
      { partition: 0, offset: 2, at: 100, id: 'a', vip: true },
    ];
    const kept: Kept = { next: [2, 4], at: 50, states: { a: 200, b: 400 } };
    const sent = [0, 1].map((offset) => ({
      ...{ output: 'open', key: 'a', value: 100 * (offset + 1) },
      ...{ topic: 'orders', partition: 0, offset },
    }));
    expect(await fidelitiesOf('partition', events, [kept], sent)).toMatchObject({ a: 'unproven' });
  });

  it('counts in the time for which outputs were kept, whatever keys had events before', async () => {
    const early = Array.from({ length: 130 }, (_, offset): Sent => ({
      partition: 0,
      offset,
      at: offset / 10,
      id: `z${offset}`,
    }));
    const late = Array.from({ length: 120 }, (_, index): Sent => {
      const offset = 130 + index;
      const id = ['a', 'b', 'c'][offset % 3]!;
      return { partition: 0, offset, at: offset / 10, id, ...(offset === 200 && { vip: true }) };
    });
    const events: Sent[] = [
      ...early,
      ...late,
      { partition: 0, offset: 250, at: 100, id: 'a', vip: true },
      { partition: 0, offset: 251, at: 101, id: 'z1' },
    ];
    const open = new Map<string, number>();
    const sent = late.map(({ offset, id, vip }) => {
      const value = (open.get(id) ?? 0) + (vip === true ? 95 : 100);
      open.set(id, value);
      return { output: 'open', key: id, value, topic: 'orders', partition: 0, offset };
    });
    expect(await fidelitiesOf('partition', events, [], sent)).toMatchObject({ a: 'exact', z1: 'exact' });
  });
});
