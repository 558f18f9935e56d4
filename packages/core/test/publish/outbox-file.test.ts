import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { draftOutbox, openOutbox } from '../../src/runs/publish/outbox-file.js';
import type { OutboxSeal } from '../../src/runs/publish/outbox.js';
import { scratchFolder, type ScratchFolder } from '../../src/testing/scratch-folder.js';
import { memoryOutbox } from './memory-outbox.js';

const small = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ key: `k${n}`, value: 'v', guarded: n === 4 }));
const outboxes = [memoryOutbox(small(25), 10), memoryOutbox(small(7), 3)];
const seal = {
  runId: 'r-1',
  partitions: outboxes.map(({ rows }, partition) => ({ partition, start: 0, rows, digest: '' })),
} as unknown as Omit<OutboxSeal, 'chain'>;

let scratch: ScratchFolder;
let file: string;
beforeAll(() => {
  scratch = scratchFolder();
  file = join(scratch.path, 'outbox.db');
  const draft = draftOutbox(file);
  outboxes.forEach((outbox, partition) => {
    for (const batch of outbox.batches(0)) draft.add(partition, batch);
  });
  draft.seal(seal);
  draft.close();
});
afterAll(() => scratch.remove());

test('an outbox gives its batches from the one that holds a row on, of one partition', () => {
  const outbox = openOutbox(file)!;
  outboxes.forEach((expected, partition) => {
    const rows = outbox.rows(partition);
    expect(rows.rows).toBe(expected.rows);
    for (let from = 0; from <= expected.rows + 1; from++) {
      expect([from, [...rows.batches(from)]]).toEqual([from, [...expected.batches(from)]]);
    }
  });
  outbox.close();
});

test('a draft that never came to its seal is no outbox', () => {
  const draft = draftOutbox(join(scratch.path, 'draft.db'));
  for (const batch of outboxes[0]!.batches(0)) draft.add(0, batch);
  draft.close();
  expect(openOutbox(join(scratch.path, 'draft.db'))).toBeNull();
});

test('a batch that was changed is refused when it is read, and a row of hashes when it is opened', () => {
  const database = new Database(file);
  database.exec('UPDATE outbox_batch SET bytes = zeroblob(length(bytes)) WHERE partition = 0 AND first_seq = 10');
  const outbox = openOutbox(file)!;
  const rows = outbox.rows(0).batches(0)[Symbol.iterator]();
  expect(rows.next().done).toBe(false);
  expect(() => rows.next()).toThrow('rows 10 and following do not match their hash');
  outbox.close();
  database.exec("UPDATE outbox_batch SET hash = '0' WHERE partition = 1 AND first_seq = 3");
  database.close();
  expect(() => openOutbox(file)).toThrow('its rows are not those that were sealed');
});
