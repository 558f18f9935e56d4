import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { EventPage } from '../../model/log/event-page.js';
import type { PageReader } from '../../model/log/event-log.js';
import { PagesAhead } from './pages-ahead.js';

function endlessReader(): PageReader & { closed: boolean } {
  let next = 0;
  return {
    closed: false,
    next: () =>
      new EventPage({
        offsets: [next++],
        timestamps: [0],
        keys: [null],
        headers: null,
        decodeValues: () => ({ values: [null], undecodable: null }),
        valueBytes: () => null,
        keyBytes: () => null,
      }),
    close() {
      this.closed = true;
    },
  };
}

/** A page is 10 bytes; `read` tells of which readers pages were read, in their order. */
function pagesOf(budget: number) {
  const read: number[] = [];
  const pages = new PagesAhead(budget, {
    page: (number) => {
      read.push(number);
      return 10;
    },
    end: () => undefined,
    failed: (_, __, error) => {
      throw error;
    },
  });
  return { pages, read };
}

/** A page is read a turn of the event loop: many more turns than there are pages, however long they take. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 100; turns++) await turn();
}

describe('pages ahead', () => {
  it('are as many as the bytes allow, until one is taken up', async () => {
    const { pages, read } = pagesOf(50);
    pages.open(0, endlessReader);
    await settle();
    expect(read).toHaveLength(5);
    pages.taken(0, 1, 10);
    pages.taken(0, 1, 10);
    await settle();
    expect(read).toHaveLength(7);
  });

  it('are one of each reader, however little is allowed', async () => {
    const { pages, read } = pagesOf(0);
    for (const number of [0, 1, 2]) pages.open(number, endlessReader);
    await settle();
    expect(read).toEqual([0, 1, 2]);
    pages.taken(1, 1, 10);
    await settle();
    expect(read).toEqual([0, 1, 2, 1]);
  });

  it('are shared evenly among the readers', async () => {
    const { pages, read } = pagesOf(60);
    for (const number of [0, 1, 2]) pages.open(number, endlessReader);
    await settle();
    expect([...read].sort()).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('make room when their reader is closed', async () => {
    const { pages, read } = pagesOf(40);
    const first = endlessReader();
    pages.open(0, () => first);
    await settle();
    pages.open(1, endlessReader);
    await settle();
    expect(read).toEqual([0, 0, 0, 0, 1]);
    pages.close(0);
    pages.taken(0, 1, 10);
    await settle();
    expect(first.closed).toBe(true);
    expect(read.filter((number) => number === 1)).toHaveLength(4);
  });
});
