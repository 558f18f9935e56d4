import { describe, expect, it } from 'vitest';
import type { EventLog } from '../../model/log/event-log.js';
import { createMemoryLedger } from '../records/memory-ledger.js';
import { createMemoryLog, type MemoryEvent } from '../log/memory-log.js';
import { openDeliveries } from './open-deliveries.js';
import { recordsOfOriginals } from './records-of-originals.js';

const names = { topic: 't', partition: 'p', offset: 'o' };
const topics = ['retry-1', 'retry-2', 'dead'].map((topic) => ({ topic, of: 'orders', headers: [names] }));

function delivery(topic: string, offset: number, of: readonly [topic: string, offset: number] | null): MemoryEvent {
  return {
    topic,
    offset,
    headers:
      of === null
        ? []
        : [
            ['t', of[0]],
            ['p', '0'],
            ['o', String(of[1])],
          ],
  };
}

function logOf(...events: readonly MemoryEvent[]): EventLog {
  return createMemoryLog({ events: [{ topic: 'orders', offset: 0 }, ...events], pageSize: 2 });
}

const at = (topic: string, offset: number) => ({ topic, partition: 0, offset });
const originalsIn = async (...logs: readonly EventLog[]) => (await openDeliveries(logs, topics)).originals();

describe('the originals of deliveries', () => {
  it('are found over all levels of retries', async () => {
    const log = logOf(
      delivery('retry-1', 0, ['orders', 7]),
      delivery('retry-1', 1, ['orders', 8]),
      delivery('retry-1', 2, ['orders', 9]),
      delivery('retry-2', 5, ['retry-1', 1]),
      delivery('dead', 3, ['retry-2', 5]),
    );
    const originals = await originalsIn(log);
    expect(originals.of(at('retry-1', 2))).toEqual(at('orders', 9));
    expect(originals.of(at('retry-2', 5))).toEqual(at('orders', 8));
    expect(originals.of(at('dead', 3))).toEqual(at('orders', 8));
    expect(originals.of(at('orders', 0))).toBeUndefined();
    expect([...originals.all()]).toHaveLength(5);
  });

  it('are not known where a record, a hop or a header is missing, or headers name each other', async () => {
    const log = logOf(
      delivery('retry-1', 0, null),
      delivery('retry-2', 0, ['retry-1', 99]),
      delivery('dead', 0, ['dead', 1]),
      delivery('dead', 1, ['dead', 0]),
      delivery('dead', 2, ['orders', -1]),
    );
    const originals = await originalsIn(log);
    for (const event of [at('retry-1', 0), at('retry-2', 0), at('dead', 0), at('dead', 2), at('dead', 77)]) {
      expect(originals.of(event), JSON.stringify(event)).toBeNull();
    }
    expect([...originals.problems.keys()]).toEqual(['dead']);
  });

  it('are believed of no log that contradicts another', async () => {
    const first = logOf(delivery('dead', 0, ['orders', 1]), delivery('dead', 1, ['orders', 2]));
    const other = logOf(delivery('dead', 0, ['orders', 1]), delivery('dead', 1, ['orders', 3]));
    const third = logOf(delivery('dead', 1, ['orders', 2]), delivery('dead', 2, ['orders', 4]));
    const originals = await originalsIn(first, other, third);
    expect(originals.of(at('dead', 0))).toEqual(at('orders', 1));
    expect(originals.of(at('dead', 1))).toBeNull();
    expect(originals.of(at('dead', 2))).toEqual(at('orders', 4));
  });
});

describe('a ledger with entries of deliveries', () => {
  const log = logOf(delivery('dead', 0, ['orders', 4]), delivery('dead', 1, null));
  const entries = (...events: readonly ReturnType<typeof at>[]) => events.map((event) => ({ event }));

  it('names the originals, in the same order', async () => {
    const ledger = createMemoryLedger(entries(at('orders', 3), at('orders', 5), at('dead', 0)));
    const translated = recordsOfOriginals(ledger, await openDeliveries([log], topics));
    const events = [];
    for await (const batch of translated.read()) for (const { event } of batch) events.push(event);
    expect(events).toEqual([at('orders', 3), at('orders', 5), at('orders', 4)]);
    const { order, digest, unknownOriginals } = await translated.describe();
    expect({ order, unknownOriginals }).toEqual({ order: 'handling', unknownOriginals: undefined });
    expect(digest).not.toBe((await ledger.describe()).digest);
  });

  it.each([
    ['of an unknown original', 'handling' as const, entries(at('orders', 3), at('dead', 1), at('dead', 9)), 2],
    ['in the order of each partition only', 'partition' as const, entries(at('orders', 3), at('dead', 0)), null],
  ])('%s tells no order', async (_, order, rows, unknown) => {
    const translated = recordsOfOriginals(createMemoryLedger(rows, { order }), await openDeliveries([log], topics));
    const description = await translated.describe();
    expect(description.order).toBe('unknown');
    expect(description.objection).toMatch(/unknown/);
    expect(description.unknownOriginals?.records ?? null).toBe(unknown);
  });

  it('is what it was where it names none', async () => {
    const ledger = createMemoryLedger(entries(at('orders', 3)), { order: 'partition' });
    const translated = recordsOfOriginals(ledger, await openDeliveries([log], topics));
    expect(await translated.describe()).toEqual(await ledger.describe());
  });
});
