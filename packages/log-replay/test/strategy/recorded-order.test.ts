import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logReplay } from '@eventmend/log-replay';
import { epoch, failure, fixtures, recovered, snapshotsOf, type FixtureEvent } from './replay-fixture.js';

const use = fixtures();

/** Two partitions with the same times: only the recording says which event came first. */
const events = [5, -9, 7, 2].map((add, n): FixtureEvent => ({
  partition: n % 2,
  time: epoch,
  value: { key: 'a', add },
}));

const line = (partition: number, offset: number): string =>
  JSON.stringify({ topic: 't', partition, offset: String(offset) });

describe('a recorded live order', () => {
  it('is followed, proves what the service held under it, and is pinned by the plan', async () => {
    const f = use(events);
    const file = join(f.folder, 'order.ndjson');
    const write = (lines: readonly string[]): void => {
      writeFileSync(file, `${lines.join('\n')}\n`);
    };
    // p1@0 (-9), p0@0 (5), p0@1 (7), p1@1 (2)
    write([line(1, 0), line(0, 0), line(0, 1), line(1, 1)]);
    await f.writeSnapshot('half', [1, 1], { a: { balance: 5, seen: 2 } });
    const situation = f.but({ order: { by: 'recorded', file }, snapshots: snapshotsOf(f) });
    const plan = await logReplay(situation).plan();
    expect(plan.snapshots[0]?.finding).toBe('proven');
    const { states, report } = await recovered(situation);
    expect(states).toEqual({ a: { balance: 14, seen: 4 } });
    const { checks } = await logReplay(situation).verify(report);
    expect(checks.filter(({ result }) => result === 'failed')).toEqual([]);
    write([line(0, 0), line(1, 0), line(0, 1), line(1, 1)]);
    expect(await failure(logReplay(situation).verify(report))).toMatchObject({ code: 'invalid-reference-data' });
    const other = await logReplay(situation).plan();
    expect(other.id).not.toBe(plan.id);
    expect(other.snapshots[0]?.finding).toBe('differs');
  });

  it('carries events that it does not hold, and says where its lines are no events', async () => {
    const f = use(events);
    const file = join(f.folder, 'order.ndjson');
    writeFileSync(file, `${line(1, 0)}\n${line(0, 1)}\n`);
    const { states, report } = await recovered(f.but({ order: { by: 'recorded', file } }));
    // p0@0 has no rank yet and comes first, then p1@0, its follower p1@1, then p0@1
    expect(states).toEqual({ a: { balance: 9, seen: 4 } });
    expect(report.order.missing).toBe(2);
    writeFileSync(file, 'nonsense\n');
    expect(await failure(logReplay(f.but({ order: { by: 'recorded', file } })).plan())).toMatchObject({
      code: 'unreadable-row',
    });
    expect(await failure(logReplay(f.but({ order: { by: 'recorded', file: `${file}.absent` } })).plan())).toMatchObject(
      { code: 'file-unavailable' },
    );
  });
});
