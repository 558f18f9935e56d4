import { EventPage } from '../../model/log/event-page.js';
import type { EventLog } from '../../model/log/event-log.js';
import { describe, expect, it } from 'vitest';
import type { PlainPartition } from './plain-partition.js';
import { readUpcoming } from './upcoming-events.js';

const id = { source: 's', topic: 't', incarnation: '', partition: 0 };

function logOf(pages: readonly (readonly number[])[], opened: string[] = []): EventLog {
  return {
    describe: () => ({ kind: 'memory', location: '', partitions: [], fingerprint: null }),
    read({ from, to }) {
      opened.push(`${from}-${to}`);
      const left = [...pages];
      return { next: () => page(left.shift()), close: () => opened.push('closed') };
    },
    close: () => undefined,
  };
}

function page(offsets: readonly number[] | undefined): EventPage | null {
  if (offsets === undefined) return null;
  return new EventPage({
    offsets,
    timestamps: offsets,
    keys: offsets.map(() => null),
    headers: null,
    decodeValues: () => ({ values: offsets.map(() => null), undecodable: null }),
    valueBytes: () => null,
    keyBytes: () => null,
  });
}

function partition(end: number, ranges: PlainPartition['ranges']): PlainPartition {
  return { id, start: 0, end, logEnd: end, watermark: -Infinity, clock: -Infinity, holes: [], ranges };
}

const timestamp = (from: EventPage, index: number): number => from.timestamps[index] as number;

async function offsetsOf(upcoming: ReturnType<typeof readUpcoming>): Promise<readonly number[]> {
  const offsets: number[] = [];
  await upcoming.open();
  for (let event = upcoming.first(); event !== undefined; event = upcoming.first()) {
    offsets.push(event.offset);
    await upcoming.advance();
  }
  return offsets;
}

describe('reading upcoming events', () => {
  it('leaves out copies of offsets and counts those below the end', async () => {
    const log = logOf([[0, 1, 1, 2], [2, 3, 5], [5]]);
    const upcoming = readUpcoming(partition(5, [{ from: 0, to: 6, log }]), timestamp, {
      until: 6,
      ahead: 0,
      requestOffsets: Infinity,
      onHole: () => undefined,
    });
    expect(await offsetsOf(upcoming)).toEqual([0, 1, 2, 3, 5]);
    expect(upcoming.repeated()).toBe(2);
  });

  it('goes over ranges that nobody holds, never asks beyond its limit, and closes every reader', async () => {
    const opened: string[] = [];
    const ranges = [
      { from: 0, to: 2, log: logOf([[0]], opened) },
      { from: 2, to: 4, log: null },
      { from: 4, to: 9, log: logOf([[4], [6]], opened) },
    ];
    const upcoming = readUpcoming(partition(9, ranges), timestamp, {
      until: 7,
      ahead: 3,
      requestOffsets: Infinity,
      onHole: () => undefined,
    });
    expect(await offsetsOf(upcoming)).toEqual([0, 4, 6]);
    expect(opened).toEqual(['0-2', 'closed', '4-7', 'closed']);
  });

  it('knows the values behind the first event, as many as it was told to look at', async () => {
    const log = logOf([[0], [1], [2], [3]]);
    const upcoming = readUpcoming(partition(4, [{ from: 0, to: 4, log }]), timestamp, {
      until: 4,
      ahead: 2,
      requestOffsets: Infinity,
      onHole: () => undefined,
    });
    await upcoming.open();
    expect(upcoming.valuesBehind()).toEqual([1, 2]);
    await upcoming.advance();
    await upcoming.advance();
    expect(upcoming.valuesBehind()).toEqual([3]);
  });

  it('refuses an event that it did not ask for', async () => {
    const log = logOf([[0, 4]]);
    const upcoming = readUpcoming(partition(4, [{ from: 0, to: 4, log }]), timestamp, {
      until: 4,
      ahead: 0,
      requestOffsets: Infinity,
      onHole: () => undefined,
    });
    await expect(upcoming.open()).rejects.toMatchObject({ code: 'offsets-out-of-order' });
  });
});
