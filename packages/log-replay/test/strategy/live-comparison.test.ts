import { describe, expect, it } from 'vitest';
import { createMemorySnapshots } from '@eventmend/core';
import { positionFromJson } from '@eventmend/core/engine';
import { epoch, fixtures, recovered, type FixtureEvent } from './replay-fixture.js';

const use = fixtures();

/** Key `own` stands in partition 0 alone, `shared` in both. */
const events: readonly FixtureEvent[] = [
  { partition: 0, value: { key: 'own', add: 5 } },
  { partition: 0, value: { key: 'shared', add: 3 } },
  { partition: 1, value: { key: 'shared', add: -9 } },
  { partition: 0, value: { key: 'own', add: 2 } },
].map((event, n) => ({ ...event, time: epoch + n * 1000 }));

function live(states: Readonly<Record<string, unknown>>) {
  const position = positionFromJson([
    { topic: 't', partition: 0, next: '3' },
    { topic: 't', partition: 1, next: '1' },
  ]);
  const rows = Object.entries(states).map(([key, state]) => ({ key, state }));
  return createMemorySnapshots([{ id: 'live', position, rows }]);
}

describe('the live state under an order that nobody recorded', () => {
  it('is wrong in a key that one partition alone reaches, and undetermined in one that two reach', async () => {
    const f = use(events);
    const states = { own: { balance: 5, seen: 2 }, shared: { balance: 3, seen: 2 } };
    const { report } = await recovered(f.but({ live: live(states) }));
    expect(report.live).toMatchObject({
      compared: true,
      differing: 2,
      undetermined: 1,
      firstDifference: { key: 'own', recovered: '$.balance 7', live: '$.balance 5' },
    });
    expect(report.live?.reason).toEqual({ kind: 'order-not-recorded', undetermined: 1, differing: 2 });
  });

  it('a key that no event names is wrong whatever the order', async () => {
    const f = use(events);
    const states = { own: { balance: 7, seen: 2 }, shared: { balance: 0, seen: 2 }, ghost: { balance: 1, seen: 1 } };
    const { report } = await recovered(f.but({ live: live(states) }));
    expect(report.live).toMatchObject({ differing: 1, undetermined: 0, onlyLive: 1, reason: null });
  });

  it('is undetermined everywhere once an event was parked whose keys nobody knows', async () => {
    const f = use([...events.slice(0, 3), { partition: 0, time: epoch + 3000, value: 'not JSON' }]);
    const states = { own: { balance: 6, seen: 2 }, shared: { balance: 0, seen: 2 } };
    const { report } = await recovered(f.but({ live: live(states), poison: 'quarantine-event' }));
    expect(report.live).toMatchObject({ differing: 1, undetermined: 1 });
  });
});
