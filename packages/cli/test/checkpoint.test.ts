import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpointer } from '@eventmend/checkpoint';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishedSchemas } from '../src/documents/published-schemas.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;

/** 90 payments of three accounts in two partitions; an account keeps to one of them. */
const payments = Array.from({ length: 90 }, (_, n) => ({
  partition: n % 3 === 2 ? 1 : 0,
  key: ['ada', 'bob', 'cyd'][n % 3] ?? '',
  time: 1_767_225_600_000 + n * 1000,
  value: { cents: n },
}));

const offsetOf = (index: number): number =>
  payments.slice(0, index).filter(({ partition }) => partition === payments[index]?.partition).length;

const workerText = (cents: string): string => `import { defineWorker } from '@eventmend/core';
export default defineWorker({
  name: 'accounts', version: '1.0.0', locality: 'partition',
  key: (event) => event.key, initial: () => ({ cents: 0, payments: 0 }),
  evolve: ({ cents, payments }, { value }) => ({ cents: cents + ${cents}, payments: payments + 1 }),
});
`;

/** A live worker that is right for 60 payments, and then loses every payment of 70 cents or more. */
async function liveService(): Promise<void> {
  writeFileSync(join(folder, 'worker.mjs'), workerText('value.cents'));
  writeFileSync(join(folder, 'faulty.mjs'), workerText('(value.cents < 70 ? value.cents : 0)'));
  writeFileSync(
    join(folder, 'log.ndjson'),
    payments.map((payment, index) => JSON.stringify({ ...payment, offset: offsetOf(index) })).join('\n') + '\n',
  );
  const apply = async (worker: string, from: number, to: number): Promise<void> => {
    const checkpointer = await openCheckpointer({
      folder: join(folder, 'accounts.checkpoints'),
      worker: join(folder, worker),
      source: 'accounts-log',
      omits: { mails: 'which mails were sent' },
      now: () => 1_767_225_600_000 + to * 1000,
    });
    for (const partition of [0, 1]) {
      const events = payments
        .map((payment, index) => ({ ...payment, offset: offsetOf(index), index }))
        .filter((payment) => payment.partition === partition && payment.index >= from && payment.index < to)
        .map(({ offset, key, time, value }) => ({ offset, key, time, value }));
      await checkpointer.apply({ topic: 'payments', partition, events });
    }
    await checkpointer.checkpoint();
    await checkpointer.close();
  };
  await apply('worker.mjs', 0, 30);
  await apply('worker.mjs', 30, 60);
  await apply('faulty.mjs', 60, 90);
}

beforeEach(async () => {
  const remove = temporaryFolder((path) => (folder = path));
  await liveService();
  return remove;
});

const run = (...words: string[]) => runEventmend(folder, words);
const document = async <Document>(schema: { parse(value: unknown): Document }, ...words: string[]) => {
  const { out, code } = await run(...words, '--json');
  return { code, document: schema.parse(JSON.parse(out)) };
};

describe('checkpoint', () => {
  it('list, show, diff and verify tell what the live worker has made', async () => {
    const list = await run('checkpoint', 'list', 'accounts.checkpoints');
    expect(list.code).toBe(0);
    for (const id of ['c-0000000001', 'c-0000000002', 'c-0000000003']) expect(list.out).toContain(id);
    expect(list.out).toContain('not read');
    const show = await run('checkpoint', 'show', 'accounts.checkpoints', 'c-0000000002');
    expect(show.out).toContain('payments[0] next 40');
    expect(show.out).toContain('mails: which mails were sent');
    const key = await document(
      publishedSchemas['checkpoint-show.output'],
      'checkpoint',
      'show',
      'accounts.checkpoints',
      'c-0000000002',
      '--key',
      'ada',
    );
    expect(key.document.key).toEqual({
      key: 'ada',
      state: { cents: 570, payments: 20 },
      deleted: false,
      events: 20,
      last: { topic: 'payments', partition: 0, offset: '38' },
    });
    const diff = await document(
      publishedSchemas['checkpoint-diff.output'],
      'checkpoint',
      'diff',
      'accounts.checkpoints',
      'c-0000000001',
      'c-0000000002',
    );
    expect(diff.document).toMatchObject({ changed: 3, added: 0, removed: 0, same: 0 });
    const verify = await document(
      publishedSchemas['checkpoint-verify.output'],
      'checkpoint',
      'verify',
      'accounts.checkpoints',
    );
    expect([verify.code, verify.document.ok, verify.document.newestWhole]).toEqual([0, true, 'c-0000000003']);
  });

  it('verify names the first bad row and the newest whole one, which can be restored', async () => {
    const file = join(folder, 'accounts.checkpoints', 'c-0000000003.ndjson');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"payments":30}', '"payments":31}'));
    const { code, document: found } = await document(
      publishedSchemas['checkpoint-verify.output'],
      'checkpoint',
      'verify',
      'accounts.checkpoints',
    );
    expect([code, found.newestWhole]).toEqual([1, 'c-0000000002']);
    expect(found.checkpoints[2]?.problem).toEqual({ kind: 'bad-row', line: 2, key: 'ada', reason: 'hash-differs' });
    const restored = await document(
      publishedSchemas['checkpoint-restore.output'],
      'checkpoint',
      'restore',
      'accounts.checkpoints',
      'c-0000000002',
      '--into',
      'again',
    );
    expect(restored.document.position.map(({ partition, next }) => [partition, next])).toEqual([
      [0, '40'],
      [1, '20'],
    ]);
    const again = await openCheckpointer({ folder: join(folder, 'again'), worker: join(folder, 'worker.mjs') });
    expect(again.state('ada')).toEqual({ cents: 570, payments: 20 });
    await again.close();
    expect((await run('checkpoint', 'restore', 'accounts.checkpoints', 'c-0000000002', '--into', 'again')).code).toBe(
      2,
    );
  });

  it('prune keeps what is needed, and removes only when it is told to', async () => {
    const would = await run('checkpoint', 'prune', 'accounts.checkpoints', '--newest', '1');
    expect(would.out).toContain('Would remove 2 checkpoints');
    expect((await run('checkpoint', 'list', 'accounts.checkpoints')).out).toContain('c-0000000001');
    await run('checkpoint', 'prune', 'accounts.checkpoints', '--newest', '1', '--yes');
    const left = await document(
      publishedSchemas['checkpoint-verify.output'],
      'checkpoint',
      'verify',
      'accounts.checkpoints',
    );
    expect([left.code, left.document.checkpoints.map(({ id }) => id)]).toEqual([0, ['c-0000000003']]);
    expect((await run('checkpoint', 'prune', 'accounts.checkpoints', '--newest', 'two')).code).toBe(2);
  });

  it('what is not there is an error with a hint', async () => {
    expect((await run('checkpoint', 'list', 'nowhere')).code).toBe(2);
    expect((await run('checkpoint', 'show', 'accounts.checkpoints', 'c-9')).code).toBe(2);
    expect((await run('checkpoint', 'diff', 'accounts.checkpoints', 'c-9', 'c-0000000001')).code).toBe(1);
  });

  it('are where a recovery from the log begins: the last one that the replay reproduces', async () => {
    writeFileSync(
      join(folder, 'accounts.incident.yaml'),
      `format_version: 1
name: accounts
worker: ./worker.mjs
log:
  ndjson: [log.ndjson]
  mapping: { source: accounts-log, topic: payments, partition: partition, offset: offset, key: key, time: { column: time, unit: milliseconds }, value: { column: value } }
snapshots: [./accounts.checkpoints]
onset: '2026-01-01T00:01:00Z'
`,
    );
    const { code, document: recovered } = await document(publishedSchemas['recover.output'], 'recover', '--yes');
    expect(code).toBe(0);
    const { run: report } = recovered;
    expect(report?.totals).toMatchObject({ applied: 30 });
    const proven = await document(
      publishedSchemas['checkpoint-verify.output'],
      'checkpoint',
      'verify',
      'accounts.checkpoints',
      '--incident',
      'accounts.incident.yaml',
    );
    expect(proven.document.checkpoints.map((checkpoint) => checkpoint.proven !== null)).toEqual([true, true, false]);
    const kept = await document(
      publishedSchemas['checkpoint-prune.output'],
      'checkpoint',
      'prune',
      'accounts.checkpoints',
      '--newest',
      '1',
    );
    // The last proven one stays beside the newest, which is wrong.
    expect(kept.document.removed).toEqual(['c-0000000001']);
    await run('export', report?.runId ?? '', '--what', 'state', '--out', 'state.ndjson');
    const states = readFileSync(join(folder, 'state.ndjson'), 'utf8');
    for (const [index, key] of ['ada', 'bob', 'cyd'].entries()) {
      const own = payments.filter((_, n) => n % 3 === index);
      const cents = own.reduce((sum, { value }) => sum + value.cents, 0);
      expect(states).toContain(`"key":"${key}","state":{"cents":${cents},"payments":30}`);
    }
  });
});
