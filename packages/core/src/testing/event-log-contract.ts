import type { EventLog, LogLocator, PartitionDescription } from '../model/log/event-log.js';
import { detectLogGaps } from '../sources/log/detect-log-gaps.js';
import { openLocator } from '../sources/log/open-locator.js';
import { comparePartitions } from '../model/log/partition-id.js';
import { logContent, type ContractEvent, type LogContent } from './event-log-content.js';
import { readEvents, seenEvents, type ReadEvent } from './read-events.js';
import type { TestFramework } from './test-framework.js';

/** A log under test, and how to clear up after it. */
export interface LogUnderTest {
  readonly log: EventLog;
  readonly dispose?: () => void | Promise<void>;
}

/** Makes a log of the adapter that holds exactly this content. */
export type LogFactory = (content: LogContent) => LogUnderTest | Promise<LogUnderTest>;

/**
 * What every event log promises: describes what reading finds; reads stay in their bounds, rise strictly, and give keys,
 * headers, times and values as they were put in, byte for byte.
 */
export function describeEventLogContract(framework: TestFramework, name: string, factory: LogFactory): void {
  const { describe, it, expect } = framework;

  async function withLog(body: (log: EventLog, content: LogContent) => Promise<void>): Promise<void> {
    const content = logContent();
    const { log, dispose } = await factory(content);
    try {
      await body(log, content);
    } finally {
      log.close();
      await dispose?.();
    }
  }

  describe(`event log contract: ${name}`, () => {
    it('describes partitions in order, with ranges, holes, counts and times', () =>
      withLog(async (log, content) => {
        const described = (await log.describe()).partitions.filter((partition) => partition.events !== 0);
        const expected = content.partitions.filter((partition) => partition.events.length > 0);
        expect(described.map(summary)).toEqual([...expected].sort(comparePartitions).map(expectedSummary));
      }));

    it('describes the same content the same, with the same fingerprint', () =>
      withLog(async (log, content) => {
        const other = await factory(content);
        const { fingerprint } = await other.log.describe();
        other.log.close();
        await other.dispose?.();
        expect((await log.describe()).fingerprint).toBe(fingerprint);
      }));

    it('gives every event as it was put in', () =>
      withLog(async (log, content) => {
        for (const partition of content.partitions) {
          const read = await readEvents(log, { ...partition, from: 0, to: 1_000_000 });
          expect(JSON.stringify(read)).toBe(JSON.stringify(partition.events.map(asRead)));
        }
      }));

    it('keeps to the bounds of a read, wherever they fall', () =>
      withLog(async (log, content) => {
        for (const partition of content.partitions) {
          const edges = [0, 1, 4, 5, 6, 7, 9, 10, 11, 25, 40, 41, 42, 70, 500, 1000];
          for (const from of edges) {
            for (const to of edges) {
              const inside = partition.events.filter((event) => event.offset >= from && event.offset < to);
              const offsets = await seenEvents(log, { ...partition, from, to });
              expect({ from, to, offsets }).toEqual({ from, to, offsets: inside.map((event) => event.offset) });
            }
          }
        }
      }));

    it('has no events of a partition that it does not know', () =>
      withLog(async (log, content) => {
        const known = content.partitions[0];
        if (known === undefined) return;
        for (const unknown of [
          { ...known, partition: 77 },
          { ...known, topic: 'another' },
          { ...known, source: 'elsewhere' },
          { ...known, incarnation: 'earlier' },
        ]) {
          expect(await seenEvents(log, { ...unknown, from: 0, to: 1_000_000 })).toEqual([]);
        }
      }));

    it('says which values are not JSON, and gives their bytes', () =>
      withLog(async (log, content) => {
        for (const partition of content.partitions) {
          const read = await readEvents(log, { ...partition, from: 0, to: 1_000_000 });
          const poison = read.filter((event) => !event.decodable).map((event) => event.offset);
          expect(poison).toEqual(partition.events.filter((event) => !isDecodable(event)).map((event) => event.offset));
        }
      }));

    it('lets readers of several partitions take turns', () =>
      withLog(async (log, content) => {
        const readers = content.partitions.map((partition) => log.read({ ...partition, from: 0, to: 1_000_000 }));
        const offsets = readers.map((): number[] => []);
        for (let open = readers.length; open > 0;) {
          open = 0;
          for (const [index, reader] of readers.entries()) {
            const page = await reader.next();
            if (page === null) continue;
            open++;
            offsets[index]?.push(...Array.from(page.offsets));
          }
        }
        expect(offsets).toEqual(content.partitions.map((partition) => partition.events.map((event) => event.offset)));
      }));

    it('does not show one reader what another did to a value', () =>
      withLog(async (log, content) => {
        const partition = content.partitions[0];
        if (partition === undefined) return;
        const before = await readEvents(log, { ...partition, from: 0, to: 1_000_000 }, (value) => {
          if (value !== null && typeof value === 'object') (value as Record<string, unknown>)['changed'] = true;
        });
        const after = await readEvents(log, { ...partition, from: 0, to: 1_000_000 });
        expect(JSON.stringify(after)).toBe(JSON.stringify(before));
      }));

    it('can be closed early and twice, readers and log', () =>
      withLog(async (log, content) => {
        for (const partition of content.partitions) {
          const reader = log.read({ ...partition, from: 0, to: 1_000_000 });
          await reader.next();
          reader.close();
          reader.close();
          expect(await reader.next()).toBe(null);
        }
        const first = content.partitions[0];
        if (first !== undefined) {
          const offsets = await seenEvents(log, { ...first, from: 0, to: 1_000_000 });
          expect(offsets).toEqual(first.events.map((event) => event.offset));
        }
        log.close();
        log.close();
      }));

    it('has a locator that is plain JSON and opens the same log, or none', () =>
      withLog(async (log, content) => {
        const described = await log.describe();
        if (log.locator === undefined) return;
        const again = await openLocator<EventLog>(JSON.parse(JSON.stringify(log.locator)) as LogLocator);
        expect(JSON.stringify(await again.describe())).toBe(JSON.stringify(described));
        for (const partition of content.partitions) {
          const offsets = await seenEvents(again, { ...partition, from: 0, to: 1_000_000 });
          expect(offsets).toEqual(partition.events.map((event) => event.offset));
        }
        again.close();
      }));
  });
}

function summary(partition: PartitionDescription): unknown {
  const { source, topic, incarnation, partition: number, range, holes, events, firstTime, lastTime } = partition;
  return { source, topic, incarnation, partition: number, range, holes, events, firstTime, lastTime };
}

function expectedSummary({ events, ...id }: LogContent['partitions'][number]): unknown {
  const { source, topic, incarnation, partition } = id;
  const range = { from: events[0]?.offset ?? 0, to: (events.at(-1)?.offset ?? -1) + 1 };
  const times = events.map((event) => event.time).filter((time) => time !== null);
  return {
    source,
    topic,
    incarnation,
    partition,
    range,
    holes: detectLogGaps(
      range,
      events.map((event) => event.offset),
    ),
    events: events.length,
    firstTime: times.length === 0 ? null : Math.min(...times),
    lastTime: times.length === 0 ? null : Math.max(...times),
  };
}

function isDecodable(event: ContractEvent): boolean {
  return event.isJson && !event.losesDigits;
}

function asRead(event: ContractEvent): ReadEvent {
  const bytes = event.value === null ? null : Buffer.from(event.value).toString('base64');
  const key = event.key ?? event.keyBytes;
  return {
    offset: event.offset,
    time: event.time,
    key: event.key,
    keyBytes: key === null ? null : Buffer.from(key).toString('base64'),
    headers: event.headers,
    value: isDecodable(event) && event.value !== null ? JSON.stringify(JSON.parse(String(event.value))) : null,
    valueBytes: bytes,
    decodable: isDecodable(event),
  };
}
