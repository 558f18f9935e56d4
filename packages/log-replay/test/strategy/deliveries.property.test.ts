import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIncident } from '@eventmend/core';
import { diagnose } from '../../src/diagnose/diagnose.js';
import { readFaults } from '../../src/diagnose/fault-files.js';

const firstSeed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 1);
/** Healthy services that were once accused, whatever the seeds of a run are. */
const onceAccused = [1007, 1031];
const services = Number(process.env['EVENTMEND_SERVICES'] ?? (process.env['EVENTMEND_FULL'] === '1' ? 600 : 15));

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'eventmend-deliveries-'))));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const worker = `import { defineWorker } from '@eventmend/core';
export default defineWorker<any, any>({ name: 'sums', version: '1', key: ({ key }) => key, initial: () => ({ n: 0, at: 0 }),
  outputs: { sum: { kind: 'latest', reveals: [{ fields: { n: 'n', at: 'at' } }] } },
  evolve({ n, at }, { value }, context) {
    const next = { n: n + value.n, at: at * 3 % 1009 + value.n };
    if (value.n % value.silent !== 0) context.emit('sum', next);
    return next;
  } });
`;

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

interface PlayedEvent {
  readonly at: Place;
  readonly key: string;
  readonly n: number;
}

interface Played {
  /** Events whose delivery was never handled, and ones that were handled beside it. */
  readonly lost: ReadonlySet<string>;
  readonly doubled: ReadonlySet<string>;
  /** Handled behind a later event of its key, or in front of an earlier one that was. */
  readonly overtaken: ReadonlySet<string>;
  readonly redriven: number;
}

function fractions(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const nameOf = ({ topic, partition, offset }: Place): string => `${topic}[${partition}]@${offset}`;

/** Plays a service that handles some events through retry and dead-letter topics, and writes what it left. */
function play(seed: number, isFaulty: boolean): Played {
  const fraction = fractions(seed);
  const below = (limit: number): number => Math.floor(fraction() * limit);
  const partitions = 1 + below(3);
  const keys = partitions * (1 + below(6));
  const silent = below(3) === 0 ? 3 : 1_000_000;
  const count = fraction() < 0.1 ? 2500 : 60 + below(240);
  const next = Array.from({ length: partitions }, () => 0);
  const events = Array.from({ length: count }, (): PlayedEvent => {
    const key = below(keys);
    const partition = key % partitions;
    const offset = next[partition] as number;
    next[partition] = offset + 1;
    return { at: { topic: 'orders', partition, offset }, key: `k${key}`, n: 1 + below(500) };
  });
  const log: unknown[] = events.map(({ at, key, n }, number) => record(at, number, key, { n, silent }, null));

  // Each partition is handled in its order, and a delivery so many handlings later.
  const lanes = next.map((_, partition) => events.filter(({ at }) => at.partition === partition));
  const queue: { due: number; event: PlayedEvent; place: Place }[] = [];
  const handled: { event: PlayedEvent; place: Place }[] = [];
  const nextOf = new Map<string, number>();
  const [lost, doubled] = [new Set<string>(), new Set<string>()];
  const failing = 0.01 + fraction() * 0.08;
  const farthest = [4, 30, 300, 1800][below(4)] as number;
  const deliver = (topic: string, event: PlayedEvent, of: Place): Place => {
    const partition = below(2);
    const lane = `${topic} ${partition}`;
    const offset = nextOf.get(lane) ?? 0;
    nextOf.set(lane, offset + 1);
    const place = { topic, partition, offset };
    log.push(record(place, count + log.length, event.key, { n: -1, failed: true }, of));
    return place;
  };
  while (lanes.some((lane) => lane.length > 0) || queue.length > 0) {
    const due = queue.findIndex((waiting) => waiting.due <= handled.length);
    if (due !== -1 || lanes.every((lane) => lane.length === 0)) {
      const [{ event, place }] = queue.splice(Math.max(0, due), 1) as [(typeof queue)[number]];
      handled.push({ event, place });
      continue;
    }
    const filled = lanes.filter((lane) => lane.length > 0);
    const event = filled[below(filled.length)]?.shift() as PlayedEvent;
    if (fraction() >= failing) {
      handled.push({ event, place: event.at });
      continue;
    }
    let place = deliver('orders-retry', event, event.at);
    if (fraction() < 0.4) place = deliver('orders.DLT', event, place);
    const fault = isFaulty ? below(3) : 0;
    if (fault === 1) lost.add(nameOf(event.at));
    else queue.push({ due: handled.length + below(farthest), event, place });
    if (fault === 2) {
      doubled.add(nameOf(event.at));
      handled.push({ event, place: event.at });
    }
  }

  const states = new Map<string, { n: number; at: number }>();
  const rows: unknown[] = [];
  for (const { event, place } of handled) {
    const { n, at } = states.get(event.key) ?? { n: 0, at: 0 };
    const after = { n: n + event.n, at: ((at * 3) % 1009) + event.n };
    states.set(event.key, after);
    if (event.n % silent !== 0) rows.push({ output: 'sum', key: event.key, value: after, ...place });
  }
  const write = (name: string, lines: readonly unknown[]): void => {
    writeFileSync(join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  };
  write('log.ndjson', log);
  write('sent.ndjson', rows);
  write(
    'handled.ndjson',
    handled.map(({ place }) => place),
  );
  writeFileSync(join(folder, 'worker.ts'), worker);
  const redriven = handled.filter(({ place }) => place.topic !== 'orders').length;
  return { lost, doubled, overtaken: overtakenIn(handled.map(({ event }) => event)), redriven };
}

function record(place: Place, second: number, key: string, value: unknown, of: Place | null): unknown {
  const headers =
    of === null
      ? null
      : { 'x-topic': of.topic, 'x-partition': bytesOf(of.partition, 4), 'x-offset': bytesOf(of.offset, 8) };
  return { ...place, timestamp: Date.UTC(2026, 0, 1) + second * 1000, key, headers, value };
}

/** A number in bytes as a log gives it. */
function bytesOf(value: number, length: 4 | 8): unknown {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32BE(value, length - 4);
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : { base64: bytes.toString('base64') };
}

function overtakenIn(handled: readonly PlayedEvent[]): ReadonlySet<string> {
  const overtaken = new Set<string>();
  handled.forEach((event, index) => {
    for (const earlier of handled.slice(0, index)) {
      if (earlier.key === event.key && earlier.at.offset > event.at.offset) {
        overtaken.add(nameOf(event.at)).add(nameOf(earlier.at));
      }
    }
  });
  return overtaken;
}

interface ToldFault {
  readonly kind: string;
  readonly name: string;
  readonly evidence: string;
}

async function faultsOf(seed: number): Promise<readonly ToldFault[]> {
  const evidence = [
    { outputs: 'sent.ndjson' },
    { ledger: 'handled.ndjson' },
    { outputs: 'sent.ndjson', ledger: 'handled.ndjson' },
  ];
  const { outputs, ledger } = evidence[seed % 3] as { readonly outputs?: string; readonly ledger?: string };
  const at = (file: string): string => join(folder, file);
  const headers = { topic: 'x-topic', partition: 'x-partition', offset: 'x-offset' };
  const store = at(`s-${seed}`);
  const incident = await openIncident({
    worker: at('worker.ts'),
    log: { ndjson: at('log.ndjson'), mapping: { form: 'envelope' } },
    deliveries: ['orders-retry', 'orders.DLT'].map((topic) => ({ topic, of: 'orders', headers })),
    live: {
      ...(outputs !== undefined && { outputs: at(outputs) }),
      ...(ledger !== undefined && { ledger: at(ledger) }),
    },
    store,
  });
  try {
    await diagnose(incident);
    return [...readFaults(store)].map(({ kind, event, evidence }) => ({ kind, name: nameOf(event), evidence }));
  } finally {
    incident.close();
    rmSync(store, { recursive: true, force: true });
  }
}

describe(`random services with retries (seeds from ${firstSeed})`, () => {
  it.each([
    ['healthy', false],
    ['faulty', true],
  ])(
    '%s ones are told to have missed, repeated or overtaken only what they did',
    { timeout: 1_800_000 },
    async (kind, isFaulty) => {
      const wrong: string[] = [];
      const told = { redriven: 0, lost: 0, missed: 0, doubled: 0, twice: 0, overtaken: 0, late: 0 };
      const seeds = Array.from({ length: services }, (_, number) => firstSeed + number);
      for (const seed of new Set([...seeds, ...onceAccused])) {
        const { lost, doubled, overtaken, redriven } = play(seed, isFaulty);
        const isTrue: Readonly<Record<string, ReadonlySet<string>>> = {
          missed: lost,
          twice: doubled,
          'out-of-order': overtaken,
        };
        const faults = await faultsOf(seed);
        for (const fault of faults) {
          if (isTrue[fault.kind]?.has(fault.name) !== true) {
            wrong.push(`seed ${seed}: ${fault.kind} ${fault.name}: ${fault.evidence}`);
          }
        }
        const countOf = (of: string): number => faults.filter((fault) => fault.kind === of).length;
        told.redriven += redriven;
        told.lost += lost.size;
        told.missed += countOf('missed');
        told.doubled += doubled.size;
        told.twice += countOf('twice');
        told.overtaken += overtaken.size;
        told.late += countOf('out-of-order');
      }
      console.log(`${kind} services, seeds ${firstSeed} to ${firstSeed + services - 1}: ${JSON.stringify(told)}`);
      expect(wrong.slice(0, 20), `${wrong.length} false`).toEqual([]);
      expect(told.redriven).toBeGreaterThan(50);
      if (isFaulty) expect([told.missed / told.lost > 0.3, told.twice / told.doubled > 0.3]).toEqual([true, true]);
    },
  );
});
