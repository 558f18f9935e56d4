import { createMemoryRecordedOutputs, defineWorker, type RecordedOutput } from '@eventmend/core';
import { describe, expect, it } from 'vitest';
import { runWorkerCheck } from '@eventmend/core/engine';
import { diagnose } from '@eventmend/log-replay';
import { readFaults } from '../../src/diagnose/fault-files.js';
import { withIncident } from '../diagnose/memory-incident.js';

interface Booking {
  readonly key: string;
  readonly add: number;
}

const workerOf = (volatile?: readonly string[]) =>
  defineWorker<Booking, { readonly total: number }>({
    name: 'bookings',
    version: '1',
    key: ({ value }) => value.key,
    initial: () => ({ total: 0 }),
    evolve({ total }, { value: { add } }, context) {
      const after = { total: total + add };
      const lines = [{ add, id: context.random() }];
      context.emit('booked', { ...after, message: { id: context.random(), of: 'books' }, lines });
      return after;
    },
    outputs: { booked: { kind: 'event', ...(volatile === undefined ? {} : { volatile }) } },
  });

const declared = ['sentAt', 'message.id', 'lines.id'];
const bookings: readonly Booking[] = Array.from({ length: 24 }, (_, offset) => ({
  key: 'abc'[offset % 3] as string,
  add: 1 + ((offset * 7) % 11),
}));

/** A service that draws its own ids and stamps what it sends with its clock, and handles each event as often as is said. */
function played(timesOf: (offset: number) => number) {
  const totals: Record<string, number> = {};
  let drawn = 0;
  const recorded: Omit<RecordedOutput, 'seq'>[] = [];
  for (const [offset, { key, add }] of bookings.entries()) {
    for (let time = 0; time < timesOf(offset); time++) {
      const total = (totals[key] ?? 0) + add;
      totals[key] = total;
      const id = () => `own-${drawn++}`;
      const value = {
        total,
        message: { id: id(), of: 'books' },
        lines: [{ add, id: id() }],
        sentAt: 1_700_000_000 + drawn,
      };
      recorded.push({ output: 'booked', key, value, event: { topic: 't', partition: 0, offset } } as never);
    }
  }
  const states = Object.fromEntries(Object.entries(totals).map(([key, total]) => [key, { total }]));
  return { recorded, live: { id: 'live', next: [bookings.length], states } };
}

async function told(volatile: readonly string[] | undefined, timesOf: (offset: number) => number) {
  const { recorded, live } = played(timesOf);
  const recordedOutputs = createMemoryRecordedOutputs(recorded, { order: 'handling' });
  const events = bookings.map((value) => ({ value }));
  const incident = { worker: workerOf(volatile), events, live, more: { recordedOutputs } };
  return withIncident(incident, async (prepared) => {
    const { situation } = prepared;
    const { outputs } = await runWorkerCheck(situation);
    await diagnose(situation);
    const faults = [...readFaults(situation.store)].map(({ kind, event }) => `${kind} ${event.offset}`);
    return { agreement: outputs?.outputs[0], faults };
  });
}

describe('fields of outputs that are others each time', () => {
  it('are not compared where the worker says so: a healthy service is not accused, and its worker passes', async () => {
    const healthy = await told(declared, () => 1);
    expect(healthy.faults).toEqual([]);
    expect(healthy.agreement).toMatchObject({ compared: 24, agreeing: 24 });
  });

  it('hide nothing of what else the outputs show', async () => {
    const { faults } = await told(declared, (offset) => (offset === 7 ? 0 : offset === 11 ? 2 : 1));
    expect(faults.toSorted()).toEqual(['missed 7', 'twice 11']);
  });

  it('are held against the worker where it does not', async () => {
    const { agreement, faults } = await told(['message.id', 'lines.id'], () => 1);
    expect(agreement).toMatchObject({ compared: 24, differing: 24 });
    expect(faults).not.toEqual([]);
  });

  it('are held against nobody where the handler draws them, and against the worker', async () => {
    const { agreement, faults } = await told(['sentAt', 'message.id'], () => 1);
    expect(agreement).toMatchObject({ compared: 24, differing: 24 });
    expect(faults).toEqual([]);
  });
});
