import { describe, expect, it } from 'vitest';
import { codeOf } from '../../testing/test-framework.js';
import { describeEventLogContract } from '../../testing/event-log-contract.js';
import type { LogContent } from '../../testing/event-log-content.js';
import { createMemoryLog, type MemoryEvent } from './memory-log.js';

function memoryEvents(content: LogContent): readonly MemoryEvent[] {
  return content.rows.map((row) => ({
    topic: row.topic,
    partition: row.partition,
    offset: row.offset,
    time: row.time,
    key: row.key,
    ...(row.keyBytes === null ? {} : { keyBytes: row.keyBytes }),
    headers: row.headers,
    stored: row.value,
  }));
}

for (const pageSize of [1, 3, 1000]) {
  describeEventLogContract({ describe, it, expect }, `memory, pages of ${pageSize}`, (content) => ({
    log: createMemoryLog({ source: content.source, events: memoryEvents(content), pageSize }),
  }));
}

describe('createMemoryLog', () => {
  it('tells declared holes from missing offsets', () => {
    const log = createMemoryLog({
      partitions: [
        {
          partition: 0,
          beginning: 2,
          range: { from: 2, to: 12 },
          holes: [
            { from: 4, to: 6, reason: 'control' },
            { from: 8, to: 10, reason: 'compacted' },
          ],
        },
        { partition: 3 },
      ],
      events: [{ offset: 3 }, { offset: 6 }, { offset: 9 }],
    });
    const description = log.describe() as Awaited<ReturnType<typeof log.describe>>;
    expect(description.partitions[0]?.holes).toEqual([
      { from: 2, to: 3, reason: 'missing' },
      { from: 4, to: 6, reason: 'control' },
      { from: 7, to: 8, reason: 'missing' },
      { from: 8, to: 9, reason: 'compacted' },
      { from: 10, to: 12, reason: 'missing' },
    ]);
    expect(description.partitions[1]).toMatchObject({ partition: 3, range: { from: 0, to: 0 }, events: 0 });
  });

  it('holds more events of a partition than a call takes arguments', async () => {
    const events = Array.from({ length: 200_000 }, (_, offset) => ({ offset, value: 0 }));
    expect(await createMemoryLog({ events }).describe()).toMatchObject({ partitions: [{ events: 200_000 }] });
  });

  it('drops and counts exact repeats, and refuses contradicting ones', async () => {
    const event = { offset: 4, key: 'a', value: { n: 1 } };
    const log = createMemoryLog({ events: [event, event, { offset: 2 }, event] });
    expect(await log.describe()).toMatchObject({ partitions: [{ events: 2, repeated: 2, range: { from: 2, to: 5 } }] });
    expect(await codeOf(() => createMemoryLog({ events: [event, { ...event, value: { n: 2 } }] }))).toBe(
      'conflicting-events',
    );
  });
});
