import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchFolder, type ScratchFolder } from '../../testing/scratch-folder.js';
import type { EventMapping } from '../rows/event-mapping.js';
import { openNdjsonLog } from './open-ndjson-log.js';

const numbered: EventMapping = {
  source: 's',
  topic: 't',
  partition: { column: 'p' },
  offset: 'assigned',
  key: 'k',
  time: { column: 'at' },
};

const at = (minute: number, k = 'a', p = 0): string =>
  JSON.stringify({ p, k, at: `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z` });

describe('files whose offsets are assigned', () => {
  let folder: ScratchFolder;
  beforeEach(() => void (folder = scratchFolder()));
  afterEach(() => {
    folder.remove();
  });

  /** How many events the log has, or the code that it is refused with. */
  async function eventsOf(files: readonly (readonly string[])[], mapping = numbered): Promise<number | string> {
    const paths = files.map((lines, number) =>
      folder.file(`${number}.ndjson`, lines.map((line) => `${line}\n`).join('')),
    );
    const log = openNdjsonLog(paths, mapping);
    try {
      return (await log.describe()).partitions.reduce((sum, { events }) => sum + events, 0);
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      log.close();
    }
  }

  it('are read one behind the other where their times rise, late events inside of a file included', async () => {
    expect(await eventsOf([[at(1), at(3), at(2)], [], [at(4), at(1)]])).toBe(5);
    expect(await eventsOf([[at(1), at(2, 'a', 1)], [at(2), at(1)], [at(3, 'a', 1)]])).toBe(5);
  });

  it('are refused where times fall from one to the next', async () => {
    expect(await eventsOf([[at(1)], [at(10)], [at(2)]])).toBe('times-out-of-order');
    expect(await eventsOf([[at(1, 'a', 1), at(3, 'a', 1)], [at(2)], [at(4), at(2, 'a', 1)]])).toBe(
      'times-out-of-order',
    );
  });

  it('are refused where one stands there twice, whatever its name', async () => {
    const untimed: EventMapping = { ...numbered, time: null };
    expect(
      await eventsOf(
        [
          [at(1), at(1, 'b')],
          [at(1), at(1, 'b')],
        ],
        untimed,
      ),
    ).toBe('offsets-out-of-order');
    expect(await eventsOf([[at(1)], [at(1)]])).toBe('offsets-out-of-order');
    expect(await eventsOf([[], [], [at(1)]])).toBe(1);
  });

  it('are refused where one begins with the events that the one before ends with', async () => {
    expect(
      await eventsOf([
        [at(1), at(2)],
        [at(2), at(3)],
      ]),
    ).toBe('offsets-out-of-order');
    expect(await eventsOf([[at(1), at(2), at(2, 'b')], [], [at(2), at(2, 'b'), at(3)]])).toBe('offsets-out-of-order');
    // The same moment, and other events.
    expect(
      await eventsOf([
        [at(1), at(2)],
        [at(2, 'b'), at(3)],
      ]),
    ).toBe(4);
    // One before the last is no join.
    expect(
      await eventsOf([
        [at(1), at(2, 'c'), at(2)],
        [at(2, 'c'), at(2, 'd')],
      ]),
    ).toBe(5);
  });

  it('are judged partition by partition, and where they have more than is looked at', async () => {
    const first = [at(1), at(2, 'x'), at(2, 'y', 1)];
    expect(await eventsOf([first, [at(2, 'y', 1), at(2, 'x'), at(3)]])).toBe('offsets-out-of-order');
    expect(await eventsOf([first, [at(2, 'z'), at(2, 'y', 1), at(3)]])).toBe('offsets-out-of-order');
    // Another partition, or the end of a partition in a file before the last.
    expect(await eventsOf([first, [at(2, 'x', 1), at(2, 'y'), at(3)]])).toBe(6);
    expect(await eventsOf([[at(2, 'x')], [at(1, 'y', 1)], [at(2, 'x'), at(3)]])).toBe('offsets-out-of-order');
    // All of the file is in the one before, and not at its end.
    expect(
      await eventsOf([
        [at(2, 'x'), at(2, 'y'), at(2, 'z')],
        [at(2, 'x'), at(2, 'y')],
      ]),
    ).toBe('offsets-out-of-order');
  });

  it('may say the same where one partition has neither times nor ids', async () => {
    const optional: EventMapping = { ...numbered, time: { column: 'at', optional: true } };
    const plain = '{"p":1,"k":"a"}';
    expect(
      await eventsOf(
        [
          [at(1), at(2, 'b'), plain],
          [at(2), plain, at(3)],
        ],
        optional,
      ),
    ).toBe(6);
  });

  it('may say the same where nothing tells one event from the next', async () => {
    expect(
      await eventsOf(
        [
          [at(1), at(2)],
          [at(2), at(3)],
        ],
        { ...numbered, time: null },
      ),
    ).toBe(4);
    expect(
      await eventsOf(
        [
          [at(1), at(2)],
          [at(2), at(3)],
        ],
        { ...numbered, time: null, id: 'at' },
      ),
    ).toBe('offsets-out-of-order');
  });

  it('compares as many events as an export of a moment may have on both sides', async () => {
    const moment = Array.from({ length: 256 }, (_, n) => at(5, `k${n}`));
    expect(
      await eventsOf([
        [at(1), ...moment],
        [...moment, at(6)],
      ]),
    ).toBe('offsets-out-of-order');
  });
});
