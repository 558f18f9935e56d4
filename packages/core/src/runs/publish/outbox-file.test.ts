import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutboxSeal } from './outbox.js';
import { draftOutbox, openOutbox, sealOfOutbox } from './outbox-file.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'eventmend-outbox-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const seal = { format_version: 1, rows: 40, base: 'b', partitions: [] } as unknown as Omit<OutboxSeal, 'chain'>;
const batch = (firstSeq: number) => ({
  ...{ firstSeq, count: 1, guarded: [] },
  bytes: Buffer.alloc(200_000, firstSeq),
  places: Uint32Array.of(firstSeq),
});

function sealAnew(file: string): void {
  const draft = draftOutbox(file);
  for (let seq = 0; seq < 40; seq++) draft.add(0, batch(seq));
  draft.seal(seal);
  draft.close();
}

/** What stands on the disk where the process was killed when the pages of its commit were on their way there. */
function killedWhileSealing(name: string, keptBytes: number): string {
  const [whole, killed] = [join(folder, `${name}-whole.db`), join(folder, `${name}.db`)];
  draftOutbox(whole).close();
  const database = new Database(whole);
  database.pragma('journal_mode = DELETE');
  database.exec('BEGIN IMMEDIATE');
  // Changes the first page now, as a commit does.
  database.pragma('user_version = 1');
  const insert = database.prepare("INSERT INTO outbox_batch VALUES (0, ?, 1, zeroblob(200000), x'00', '[]', '')");
  for (let seq = 0; seq < 40; seq++) insert.run(seq);
  // A commit first says at its head that it is one, and how many pages are in it, here: as many as there are
  // (https://www.sqlite.org/fileformat.html#the_rollback_journal).
  const journal = readFileSync(`${whole}-journal`);
  Buffer.from('d9d505f920a163d7ffffffff', 'hex').copy(journal);
  writeFileSync(`${killed}-journal`, journal);
  database.exec('COMMIT');
  database.close();
  copyFileSync(whole, killed);
  truncateSync(killed, keptBytes);
  return killed;
}

describe('an outbox that was killed while it was sealed', () => {
  it.each([98_304, 1_000_000])('is a draft, which the next attempt begins again (%i bytes of it written)', (bytes) => {
    const killed = killedWhileSealing(`cut-${bytes}`, bytes);
    expect(sealOfOutbox(killed)).toBeNull();
    expect(openOutbox(killed)).toBeNull();
    sealAnew(killed);
    expect(sealOfOutbox(killed)).toMatchObject(seal);
    const outbox = openOutbox(killed);
    expect([...(outbox?.rows(0).batches(0) ?? [])]).toHaveLength(40);
    outbox?.close();
  });

  it('is refused where the file was cut off and no write was stopped', () => {
    const killed = killedWhileSealing('cut-off', 98_304);
    writeFileSync(`${killed}-journal`, '');
    expect(() => openOutbox(killed)).toThrow('was cut off');
  });
});
