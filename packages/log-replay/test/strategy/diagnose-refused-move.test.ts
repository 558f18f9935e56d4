import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

/** Beside them: goods of `far` came in twice, and some went on to `near` by an event of another partition. */
const faultyLog = [
  [3, 0, 7, { t: 'in', k: 'far', a: 5 }],
  [1, 1, 30, { t: 'move', k: 'far', to: 'near', a: 3 }],
] as const;
const faultyOutputs = [
  [3, 0, 'stock', 'far', { q: 5 }],
  [3, 0, 'stock', 'far', { q: 10 }],
  [1, 1, 'moved', 'near', { left: 7 }],
] as const;

type Row = (typeof log)[number] | (typeof faultyLog)[number];
type Sent = (typeof outputs)[number] | (typeof faultyOutputs)[number];

async function diagnosed(
  name: string,
  events: readonly Row[],
  sent: readonly Sent[],
  live: string,
  next: Readonly<Record<string, string>>,
) {
  const inFolder = (file: string): string => join(folder, `${name}-${file}`);
  const write = (file: string, lines: readonly unknown[]): string => {
    writeFileSync(inFolder(file), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return inFolder(file);
  };
  writeFileSync(inFolder('worker.mjs'), worker);
  writeFileSync(inFolder('live.csv'), `key,q\n${live}`);
  const place = (partition: number, offset: number) => ({ topic: 't', partition, offset });
  const incident = await openIncident({
    worker: inFolder('worker.mjs'),
    store: inFolder('store'),
    log: {
      ndjson: write(
        'log.ndjson',
        events.map(([partition, offset, second, value]) => ({
          ...{ ...place(partition, offset), timestamp: start + second * 1000, key: 'a', value },
        })),
      ),
    },
    live: {
      state: {
        csv: inFolder('live.csv'),
        mapping: { key: 'key', state: { columns: { q: { column: 'q', type: 'integer' } } } },
        position: { t: next },
      },
      outputs: {
        ndjson: write(
          'outputs.ndjson',
          sent.map(([partition, offset, output, key, value]) => ({ ...place(partition, offset), output, key, value })),
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
    const { counts, live: explained } = await diagnose(incident);
    const found = Object.entries(counts).flatMap(([kind, count]) => (count === 0 ? [] : [`${count} ${kind}`]));
    return { found, explained };
  } finally {
    incident.close();
  }
}

describe('states of a permissible order', () => {
  const live = 'k5,11\nk0,4\nk1,21\n';

  it('are not called wrong where no fault was found', async () => {
    const { found, explained } = await diagnosed('healthy', log, outputs, live, { 0: '3', 1: '1', 2: '2' });
    expect(found).toEqual([]);
    expect(explained).toMatchObject({ keys: 4, wrong: 0, unexplained: 0, orderNotDetermined: 2 });
  });

  it('nor beside a fault that does not reach them; the state that it leads to is', async () => {
    const all = [...log, ...faultyLog];
    const next = { 0: '3', 1: '2', 2: '2', 3: '1' };
    const { found, explained } = await diagnosed(
      'faulty',
      all,
      [...outputs, ...faultyOutputs],
      `${live}far,7\nnear,3\n`,
      next,
    );
    expect(found).toEqual(['1 twice']);
    expect(explained).toMatchObject({ keys: 6, wrong: 1, reproduced: 1, unexplained: 0, orderNotDetermined: 2 });
  });
});
