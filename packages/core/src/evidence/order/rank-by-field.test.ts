import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryLog, type MemoryEvent } from '../../sources/log/memory-log.js';
import { scratchFolder, type ScratchFolder } from '../../testing/scratch-folder.js';
import { rankByField } from './rank-by-field.js';

describe('an order by a field that is text', () => {
  let folder: ScratchFolder;
  let store: string;
  beforeEach(() => {
    folder = scratchFolder();
    store = join(folder.file('log.ndjson'), '..', 'store');
  });
  afterEach(() => folder.remove());

  async function ranks(events: readonly MemoryEvent[], fingerprint: string | null): Promise<readonly string[]> {
    const log = createMemoryLog({ source: 's', topic: 't', events, fingerprint });
    const described = [{ log, description: await log.describe() }];
    const order = await rankByField({ by: 'field', path: 'id' }, described, undefined, store);
    if (order === null) throw new Error('the field orders by itself');
    const [, ...lines] = readFileSync(order.file, 'utf8').trim().split('\n');
    return lines.map((line) => {
      const { partition, offset } = JSON.parse(line) as { partition: number; offset: string };
      return `${partition}@${offset}`;
    });
  }

  const eventsWith = (id: (index: number) => string, count: number): readonly MemoryEvent[] =>
    Array.from({ length: count }, (_, index) => ({
      partition: index % 3,
      offset: Math.floor(index / 3),
      value: { id: id(index) },
    }));

  it('is written in pieces, whole and in order, and leaves no other file', async () => {
    const scattered = (index: number): string => `u${String((index * 7_919) % 100_003).padStart(8, '0')}`;
    const events = eventsWith(scattered, 40_000);
    const expected = [...events.keys()]
      .sort((a, b) => (scattered(a) < scattered(b) ? -1 : 1))
      .map((index) => `${index % 3}@${Math.floor(index / 3)}`);
    expect(await ranks(events, 'f')).toEqual(expected);
    expect(readdirSync(store).sort()).toEqual(['field-order.ndjson', 'field-order.ndjson.json']);
  });

  it('is never taken from the ranks of other events', async () => {
    const rising = eventsWith((index) => `a${index}`, 9);
    const falling = eventsWith((index) => `a${9 - index}`, 9);
    const inOrder = await ranks(rising, 'rising');
    const note = readFileSync(join(store, 'field-order.ndjson.json'), 'utf8');
    // A log that cannot tell whether it is the same leaves its ranks and no note: the note of the other is not beside them.
    const other = await ranks(falling, null);
    expect(other).toEqual([...inOrder].reverse());
    expect(existsSync(join(store, 'field-order.ndjson.json'))).toBe(false);
    expect(await ranks(rising, 'rising')).toEqual(inOrder);
    expect(readFileSync(join(store, 'field-order.ndjson.json'), 'utf8')).toBe(note);
  });

  it('is ranked again where the note or the ranks are not whole', async () => {
    const events = eventsWith((index) => `a${index}`, 9);
    const first = await ranks(events, 'f');
    writeFileSync(join(store, 'field-order.ndjson.json'), '{"format_version":1,');
    expect(await ranks(events, 'f')).toEqual(first);
    rmSync(join(store, 'field-order.ndjson'));
    expect(await ranks(events, 'f')).toEqual(first);
  });
});
