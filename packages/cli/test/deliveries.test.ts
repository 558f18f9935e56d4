import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeNdjsonSnapshot } from '@eventmend/core';
import { positionFromJson } from '@eventmend/core/engine';
import { publishedSchemas } from '../src/documents/published-schemas.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const run = (...words: readonly string[]) => runEventmend(folder, words);

interface Place {
  readonly topic: string;
  readonly offset: number;
}

/** Event n of `orders` adds n to one of eight accounts. */
const count = 60;
const orders = Array.from({ length: count }, (_, n) => ({ key: `a${n % 8}`, value: { n } }));

/** @11 was retried once; @23 too, failed again, and its retry became a dead letter. */
const retries = [
  { topic: 'orders-retry', offset: 0, of: { topic: 'orders', offset: 11 }, event: 11 },
  { topic: 'orders-retry', offset: 1, of: { topic: 'orders', offset: 23 }, event: 23 },
  { topic: 'orders.DLT', offset: 0, of: { topic: 'orders-retry', offset: 1 }, event: 23 },
];

function springHeaders({ topic, offset }: Place): readonly (readonly [string, string])[] {
  const partitionBytes = Buffer.alloc(4);
  const offsetBytes = Buffer.alloc(8);
  offsetBytes.writeBigInt64BE(BigInt(offset));
  return [
    ['kafka_dlt-original-topic', topic],
    ['kafka_dlt-original-partition', partitionBytes.toString('utf8')],
    ['kafka_dlt-original-offset', offsetBytes.toString('utf8')],
  ];
}

function line(place: Place, second: number, event: number, headers: unknown): unknown {
  const timestamp = Date.UTC(2026, 2, 1) + second * 1000;
  return { ...place, partition: 0, timestamp, headers, ...orders[event] };
}

const declared = `deliveries:
  - { topic: orders-retry, of: orders, headers: spring }
  - { topic: orders.DLT, of: orders, headers: spring }
`;

/** In the order of handling: event by event, but for those that failed, which come with their last delivery. */
function handledThrough(
  deliveries: ReadonlyMap<number, Place & { readonly behind: number }>,
): readonly [Place, number][] {
  const failed = new Set(retries.map(({ event }) => event));
  return orders.flatMap((_, n): [Place, number][] => [
    ...(failed.has(n) ? [] : [[{ topic: 'orders', offset: n }, n] as [Place, number]]),
    ...[...deliveries].flatMap(([event, { behind, ...place }]): [Place, number][] =>
      behind === n ? [[place, event]] : [],
    ),
  ]);
}

interface Service {
  readonly handled: readonly (readonly [Place, number])[];
  readonly live?: string;
  readonly withoutTopics?: readonly string[];
  readonly retries?: readonly unknown[];
}

/** Writes the logs, and what a service left that handled these events in this order. */
function writeService({
  handled,
  live = 'live: { outputs: sent.ndjson, ledger: handled.ndjson }',
  withoutTopics = [],
  ...more
}: Service): void {
  writeFileSync(
    join(folder, 'worker.mjs'),
    `import { defineWorker } from '@eventmend/core';
export default defineWorker({ name: 'orders', version: '1.0.0', key: ({ key }) => key,
  initial: () => ({ sum: 0 }), outputs: { sum: { kind: 'latest', reveals: [{ fields: { sum: '' } }] } },
  evolve({ sum }, { value }, context) { context.emit('sum', sum + value.n); return { sum: sum + value.n }; } });\n`,
  );
  const log = [
    ...orders.map((_, n) => line({ topic: 'orders', offset: n }, n, n, null)),
    ...(more.retries ??
      retries
        .filter(({ topic }) => !withoutTopics.includes(topic))
        .map(({ of, event, topic, offset }) => line({ topic, offset }, event + 2, event, springHeaders(of)))),
  ];
  const sums = new Map<string, number>();
  const sent = handled.map(([place, event]) => {
    const { key, value } = orders[event] as (typeof orders)[number];
    sums.set(key, (sums.get(key) ?? 0) + value.n);
    return { output: 'sum', key, value: sums.get(key), ...place, partition: 0 };
  });
  const noted = handled.map(([place]) => ({ ...place, partition: 0 }));
  const write = (name: string, rows: readonly unknown[]) => {
    writeFileSync(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  };
  write('log.ndjson', log);
  write('sent.ndjson', sent);
  write('handled.ndjson', noted);
  writeFileSync(
    join(folder, 'orders.incident.yaml'),
    `format_version: 1
name: orders
worker: ./worker.mjs
log:
  ndjson: log.ndjson
  mapping: { form: envelope }
${live}
${declared}`,
  );
}

async function diagnosis() {
  const told = await run('diagnose', '--json', '--out', 'faults.csv');
  expect(told.code, told.err).toBe(0);
  return publishedSchemas['diagnose.output'].parse(JSON.parse(told.out));
}

/** @11 came with its retry, before the next event of its account; @23 with its dead letter. */
const retried = { topic: 'orders-retry', offset: 0, behind: 14 };
const redriven = { topic: 'orders.DLT', offset: 0, behind: 27 };
const bothHandled = handledThrough(
  new Map([
    [11, retried],
    [23, redriven],
  ]),
);

describe('deliveries of events', () => {
  it.each([
    ['outputs and a ledger', 'live: { outputs: sent.ndjson, ledger: handled.ndjson }'],
    ['outputs', 'live: { outputs: sent.ndjson }'],
    ['a ledger', 'live: { ledger: handled.ndjson }'],
  ])('are handlings of these events: a healthy service that left %s is not accused', async (_, live) => {
    writeService({ handled: bothHandled, live });
    const { counts, handlings, undetermined } = await diagnosis();
    expect(Object.values(counts).every((faults) => faults === 0)).toBe(true);
    expect(handlings).toBe(count);
    expect(undetermined).toBe(0);
  });

  it('that were lost leave their event missed', async () => {
    writeService({ handled: handledThrough(new Map([[11, retried]])) });
    const { counts, first } = await diagnosis();
    expect(counts).toMatchObject({ missed: 1, twice: 0, 'out-of-order': 0 });
    expect(first).toMatchObject({ kind: 'missed', event: { topic: 'orders', partition: 0, offset: '23' } });
  });

  it('that came beside their event make it handled twice', async () => {
    const original: [Place, number] = [{ topic: 'orders', offset: 11 }, 11];
    writeService({ handled: bothHandled.flatMap((one) => (one[1] === 12 ? [original, one] : [one])) });
    const { counts, first } = await diagnosis();
    expect(counts).toMatchObject({ missed: 0, twice: 1 });
    expect(first).toMatchObject({ kind: 'twice', event: { topic: 'orders', offset: '11' } });
  });

  it('behind a later event of the same key are out of order, and neither missed nor twice', async () => {
    const late = { ...redriven, behind: 33 };
    writeService({
      handled: handledThrough(
        new Map([
          [11, retried],
          [23, late],
        ]),
      ),
    });
    const { counts, first } = await diagnosis();
    expect(counts).toMatchObject({ missed: 0, twice: 0, 'out-of-order': 1, wrong: 0 });
    expect(first).toMatchObject({ kind: 'out-of-order', event: { topic: 'orders', offset: '23' } });
  });

  it('whose record no log holds accuse nobody, and doctor says so', async () => {
    writeService({ handled: bothHandled, withoutTopics: ['orders.DLT'] });
    const { counts } = await diagnosis();
    expect(Object.values(counts).every((faults) => faults === 0)).toBe(true);
    const doctor = (await run('doctor')).out.replace(/\s+/g, ' ');
    expect(doctor).toContain('it has no topic "orders.DLT"');
    expect(doctor).toContain(
      '1 of them, orders.DLT[0]@0 the first, are of deliveries whose original event is not known',
    );
  });

  it('among records that tell the order inside of each partition only accuse nobody', async () => {
    const live =
      'live: { outputs: { ndjson: sent.ndjson, order: partition }, ledger: { ndjson: handled.ndjson, order: partition } }';
    const byTopic = [...bothHandled].sort(([a], [b]) => (a.topic === b.topic ? 0 : a.topic < b.topic ? -1 : 1));
    writeService({ handled: byTopic, live });
    const { counts } = await diagnosis();
    expect(Object.values(counts).every((faults) => faults === 0)).toBe(true);
  });

  it('are no events that a live state could lack: its position in their topics is left aside', async () => {
    writeService({
      handled: bothHandled,
      withoutTopics: ['orders.DLT'],
      live: 'live: { state: live.ndjson, ledger: handled.ndjson }',
    });
    const sums = new Map<string, number>();
    for (const { key, value } of orders) sums.set(key, (sums.get(key) ?? 0) + value.n);
    await writeNdjsonSnapshot(join(folder, 'live.ndjson'), {
      id: 'live',
      takenAt: null,
      worker: null,
      stateVersion: 1,
      position: positionFromJson([
        { topic: 'orders', partition: 0, next: String(count) },
        { topic: 'orders-retry', partition: 0, next: '2' },
        { topic: 'orders.DLT', partition: 0, next: '1' },
      ]),
      rows: [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, sum]) => ({ key, state: { sum } })),
    });
    const { counts, evidence } = await diagnosis();
    expect(evidence).toBe('states');
    expect(Object.values(counts).every((faults) => faults === 0)).toBe(true);
    const planned = await run('plan', '--out', 'p.json', '--json');
    expect(planned.code, planned.err).toBe(0);
  });

  it('are applied by no replay, and nothing that was sent through them is owed', async () => {
    writeService({ handled: bothHandled });
    const recovered = await run('recover', '--yes', '--json');
    const { run: report } = publishedSchemas['recover.output'].parse(JSON.parse(recovered.out));
    if (report === null) throw new Error(recovered.err);
    expect(report.totals).toMatchObject({ offsets: count, applied: count, unavailable: 0 });
    const exporting = await run('export', report.runId, '--out', 'states.ndjson');
    expect(exporting.code, exporting.err).toBe(0);
    const sums: Record<string, number> = {};
    for (const { key, value } of orders) sums[key] = (sums[key] ?? 0) + value.n;
    const states = readFileSync(join(folder, 'states.ndjson'), 'utf8').trim().split('\n');
    const exported = states.map((text) => JSON.parse(text) as { key: string; state: { sum: number } });
    expect(Object.fromEntries(exported.map(({ key, state }) => [key, state.sum]))).toEqual(sums);
    const corrections = await run('corrections', report.runId, '--json');
    const { counts } = publishedSchemas['corrections.output'].parse(JSON.parse(corrections.out));
    expect(counts).toMatchObject({ intended: count, recorded: count, done: count, owed: 0 });

    writeService({ handled: bothHandled, withoutTopics: ['orders.DLT'] });
    const refused = await run('corrections', report.runId, '--json');
    expect(refused.code).toBe(2);
    expect(JSON.parse(refused.out)).toMatchObject({ error: { message: expect.stringContaining('orders.DLT[0]@0') } });
  });

  it('are looked at by doctor: what they do not name, and what no log holds', async () => {
    const of = (offset: number) => springHeaders({ topic: 'orders', offset });
    const records = [
      ['orders-retry', 0, of(11)],
      ['orders-retry', 1, null],
      ['orders-retry', 2, [...of(12).slice(0, 2), ['kafka_dlt-original-offset', 'twelve']]],
      ['orders-retry', 3, of(count + 5)],
      ['orders.DLT', 0, springHeaders({ topic: 'payments', offset: 3 })],
    ] as const;
    writeService({
      handled: handledThrough(new Map()),
      retries: records.map(([topic, offset, headers]) => line({ topic, offset }, 90, 11, headers)),
    });
    const doctor = (await run('doctor')).out.replace(/\s+/g, ' ');
    expect(doctor).toContain('4 records of orders-retry, 2 with the event that they deliver');
    expect(doctor).toContain('the header kafka_dlt-original-offset is not a number as text');
    expect(doctor).toContain('2 of 4 records do not tell which event they deliver, first orders-retry[0]@1');
    expect(doctor).toContain(`1 of 4 records deliver events that no log holds, first orders[0]@${count + 5}`);
    expect(doctor).toContain('1 of 1 records deliver events of other topics, first payments[0]@3');
  });
});
