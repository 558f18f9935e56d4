import { createMemoryLog, createMemorySnapshots, defineWorker, type Plan } from '@eventmend/core';
import { startOfOrder } from '@eventmend/core/engine';
import { checkpointRecovery } from '@eventmend/checkpoint';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeOlderKeys } from '../src/render/describe-assessment.js';
import { planSchema } from '../src/documents/plan-document.js';
import { renderPlan } from '../src/render/render-plan.js';
import { plainStyle } from '../src/terminal/terminal-style.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const hour = 3_600_000;
const even = ['a', 'b', 'c', 'd', 'e', 'f'];
const odd = ['u', 'v', 'w', 'x', 'y', 'z'];
const events = Array.from({ length: 120 }, (_, number) => {
  const [partition, offset] = [number % 2, Math.floor(number / 2)];
  return { partition, offset, time: number * hour, key: (partition === 0 ? even : odd)[offset % 6] ?? '', value: 1 };
});

const positionOf = (next: readonly number[]) =>
  next.map((offset, partition) => ({
    ...{ source: 'bank', topic: 'bookings', incarnation: '', partition, next: offset, order: startOfOrder },
  }));

/** How often the events in front of a position name each key; one too few of those in `wrong`. */
function statesAt(next: readonly number[], wrong: readonly string[] = []) {
  return [...even, ...odd].map((key) => {
    const times = events.filter((event) => event.key === key && event.offset < (next[event.partition] ?? 0)).length;
    return { key, state: times - (wrong.includes(key) ? 1 : 0) };
  });
}

function strategyOf(locality: 'partition' | 'global', wrong: readonly string[], trusted: readonly string[]) {
  return checkpointRecovery({
    incident: { name: 'bookings', onset: 30 * hour },
    worker: defineWorker<number, number>({
      ...{ name: 'bookings', version: '1', locality, key: ({ key }) => key ?? '', initial: () => 0 },
      evolve: (sum, { value }) => sum + value,
    }),
    logs: [
      createMemoryLog({
        source: 'bank',
        topic: 'bookings',
        fingerprint: 'bank',
        partitions: [0, 1].map((partition) => ({ partition, beginning: 0, range: { from: 0, to: 60 } })),
        events: events.filter(({ partition, offset }) => offset >= (partition === 0 ? 20 : 40)),
      }),
    ],
    snapshots: createMemorySnapshots([
      { id: 'c-0410', takenAt: 20 * hour, position: positionOf([20, 20]), rows: statesAt([20, 20]) },
      { id: 'c-0412', takenAt: 80 * hour, position: positionOf([40, 40]), rows: statesAt([40, 40], wrong) },
    ]),
    trusted,
    store: folder,
  });
}

const words = (plan: Plan): string =>
  renderPlan(plan, { ...plainStyle, columns: 5000 })
    .join('\n')
    .replace(/\s+/g, ' ');

describe('baselines of two ages in words', () => {
  it('says which keys come from the older snapshot, and why', async () => {
    const strategy = strategyOf('partition', ['a', 'b'], ['c-0410']);
    const plan = await strategy.plan();
    expect(planSchema.safeParse(plan).success).toBe(true);
    expect(words(plan)).toContain(
      '2 keys from snapshot c-0410 (p0@20 p1@40), whose values in c-0412 are wrong, declared: ',
    );
    expect(words(plan)).toContain(
      '4 keys from snapshot c-0412 (p0@40 p1@40), declared: a replay from c-0410 gives them',
    );
    expect(words(plan)).toContain('the rest from snapshot c-0412 (p0@40 p1@40), unproven: ');
    expect(words(plan)).toContain('up to 20 events of 1 partition, those of 2 keys only');
    expect(describeOlderKeys(await strategy.assess())).toBe(
      '2 keys from c-0410, whose values in c-0412 are not what a replay from there gives, and keys that events connect with them; the rest from c-0412',
    );
  });

  it('accuses nobody on the word of an unproven snapshot', async () => {
    const plan = await strategyOf('partition', ['a'], []).plan();
    expect(words(plan)).toContain(
      '1 key from snapshot c-0410 (p0@20 p1@40), whose value in c-0412 a replay from there contradicts',
    );
  });

  it('says why all keys begin at one snapshot', async () => {
    const plan = await strategyOf('global', ['a'], ['c-0410']).plan();
    expect(planSchema.safeParse(plan).success).toBe(true);
    expect(words(plan)).toContain(
      'snapshot c-0412 is not begun at beside snapshot c-0410: the worker does not say that each key stays in one partition',
    );
  });
});
