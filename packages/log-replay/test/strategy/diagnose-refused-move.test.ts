import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openIncident } from '@eventmend/core';
import { diagnose } from '../../src/diagnose/diagnose.js';

const start = Date.UTC(2026, 10, 1);
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'eventmend-refused-move-'))));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Stock of goods in places; a move that the stock does not cover is refused without a word. */
const worker = `import { defineWorker } from '@eventmend/core';
export default defineWorker({
  name: 'stock', version: '1', initial: () => ({ q: 0 }),
  outputs: { stock: { kind: 'latest' }, moved: { kind: 'event' }, refused: { kind: 'event' } },
  keys: ({ value: { k, to } }) => (to === undefined ? [k] : [k, to]),
  evolve(states, { value: { t, k, to, a } }, context) {
    const { q } = states.get(k);
    if (t === 'in') {
      states.set(k, { q: q + a });
      context.emit('stock', { q: q + a });
    } else if (t === 'out') {
      if (q < a) context.emit('refused', { a });
      else {
        states.set(k, { q: q - a });
        context.emit('stock', { q: q - a });
      }
    } else if (q >= a) {
      states.set(k, { q: q - a });
      states.set(to, { q: states.get(to).q + a });
      context.emit('moved', { left: q - a }, { key: to });
    }
  },
});
`;

/** [partition, offset, second, value]: the service refused the move to k2, since it handled it in front of the one to k1. */
const log = [
  [0, 0, 8, { t: 'in', k: 'k5', a: 11 }],
  [1, 0, 10, { t: 'in', k: 'k0', a: 12 }],
  [2, 0, 6, { t: 'in', k: 'k1', a: 13 }],
  [0, 1, 22, { t: 'move', k: 'k1', to: 'k2', a: 14 }],
  [2, 1, 11, { t: 'move', k: 'k0', to: 'k1', a: 8 }],
  [0, 2, 29, { t: 'out', k: 'k5', a: 13 }],
] as const;
const outputs = [
  [0, 0, 'stock', 'k5', { q: 11 }],
  [1, 0, 'stock', 'k0', { q: 12 }],
  [2, 0, 'stock', 'k1', { q: 13 }],
  [2, 1, 'moved', 'k1', { left: 4 }],
  [0, 2, 'refused', 'k5', { a: 13 }],
] as const;

it('states of a permissible order are not called wrong where no fault was found', async () => {
  const write = (name: string, lines: readonly unknown[]): string => {
    const file = join(folder, name);
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return file;
  };
  writeFileSync(join(folder, 'worker.mjs'), worker);
  writeFileSync(join(folder, 'live.csv'), 'key,q\nk5,11\nk0,4\nk1,21\n');
  const place = (partition: number, offset: number) => ({ topic: 't', partition, offset });
  const incident = await openIncident({
    worker: join(folder, 'worker.mjs'),
    store: join(folder, 'store'),
    log: {
      ndjson: write(
        'log.ndjson',
        log.map(([partition, offset, second, value]) => ({
          ...{ ...place(partition, offset), timestamp: start + second * 1000, key: 'a', value },
        })),
      ),
    },
    live: {
      state: {
        csv: join(folder, 'live.csv'),
        mapping: { key: 'key', state: { columns: { q: { column: 'q', type: 'integer' } } } },
        position: { t: { 0: '3', 1: '1', 2: '2' } },
      },
      outputs: {
        ndjson: write(
          'outputs.ndjson',
          outputs.map(([partition, offset, output, key, value]) => ({
            ...place(partition, offset),
            output,
            key,
            value,
          })),
        ),
        mapping: {
          ...{ output: { column: 'output' }, key: 'key', value: { column: 'value' } },
          event: { topic: 't', partition: 'partition', offset: 'offset' },
        },
        order: 'handling',
      },
    },
  });
  try {
    const { counts, live } = await diagnose(incident);
    expect(Object.values(counts).every((count) => count === 0)).toBe(true);
    expect(live).toMatchObject({ keys: 4, wrong: 0, unexplained: 0, orderNotDetermined: 2 });
  } finally {
    incident.close();
  }
});
