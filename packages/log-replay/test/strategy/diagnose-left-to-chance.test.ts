import {
  createMemoryRecordedOutputs,
  defineWorker,
  type RecordedOutput,
  type Worker,
  type WorkerContext,
} from '@eventmend/core';
import { expect, it } from 'vitest';
import { diagnose } from '@eventmend/log-replay';
import { readFaults } from '../../src/diagnose/fault-files.js';
import { withIncident } from '../diagnose/memory-incident.js';

interface Deposit {
  readonly key: string;
  readonly add: number;
}

interface Account {
  readonly total: number;
  readonly token: number;
}

type Sent = readonly [output: string, value: unknown];
type Handler = (
  before: Account,
  event: Deposit,
  random: () => number,
) => { readonly after: Account; readonly sent: readonly Sent[] };

const events: readonly Deposit[] = Array.from({ length: 30 }, (_, offset) => ({
  key: 'abc'[offset % 3] as string,
  add: 1 + ((offset * 7) % 11),
}));

/** Numbers of the service's own, which no replay draws: one in fifteen is above all that a replay of these events draws. */
function ownNumbers(): () => number {
  let drawn = 0;
  return () => (++drawn % 15 === 0 ? 0.9999 : 0.5 + drawn / 1000);
}

function workerOf(handle: Handler, isAsync: boolean): Worker {
  const evolve = ({ ...before }: Account, { value }: { readonly value: Deposit }, context: WorkerContext) => {
    const { after, sent } = handle(before, value, () => context.random());
    for (const [output, content] of sent) context.emit(output, content);
    return after;
  };
  return defineWorker<Deposit, Account>({
    name: 'accounts',
    version: '1',
    key: ({ value }) => value.key,
    initial: () => ({ total: 0, token: 0 }),
    evolve: isAsync ? (...given) => Promise.resolve(evolve(...given)) : evolve,
    outputs: { deposited: { kind: 'event' }, sampled: { kind: 'event' } },
  });
}

/** What is told of a service that handles each event as the handler says, with numbers of its own, and leaves some events out. */
async function told(handle: Handler, { missing = [] as readonly number[], isAsync = false } = {}) {
  const states = new Map<string, Account>();
  const recorded: Omit<RecordedOutput, 'seq'>[] = [];
  const random = ownNumbers();
  for (const [offset, event] of events.entries()) {
    if (missing.includes(offset)) continue;
    const { key } = event;
    const { after, sent } = handle(states.get(key) ?? { total: 0, token: 0 }, event, random);
    states.set(key, after);
    for (const [output, value] of sent)
      recorded.push({ output, key, value, event: { topic: 't', partition: 0, offset } } as never);
  }
  const incident = {
    worker: workerOf(handle, isAsync),
    events: events.map((value) => ({ value })),
    live: { id: 'live', next: [events.length], states },
    more: { recordedOutputs: createMemoryRecordedOutputs(recorded, { order: 'handling' }) },
  };
  return withIncident(incident, async ({ situation }) => {
    const { undetermined } = await diagnose(situation);
    const faults = [...readFaults(situation.store)].map(({ kind, event }) => `${kind} ${event.offset}`);
    return { faults, undetermined };
  });
}

const withToken: Handler = ({ total, token }, { add }, random) => {
  const after = { total: total + add, token: token === 0 ? random() : token };
  return { after, sent: [['deposited', { total: after.total, token: after.token }]] };
};

const withSamples: Handler = ({ total, token }, { add }, random) => {
  const after = { total: total + add, token };
  return { after, sent: random() < 0.999 ? [['sampled', { total: after.total }]] : [] };
};

/** A number matters at one total only: that which the first account has behind its fourth deposit, had it missed the second. */
const withNumberBelow: Handler = ({ total, token }, { key, add }, random) => {
  const after = { total: total + add, token };
  const drawn = random();
  const isMeant = key === 'a' && after.total === 20;
  return { after, sent: [['deposited', { total: after.total, number: isMeant ? drawn : 0 }]] };
};

const withIdleDraw: Handler = ({ total, token }, { add }, random) => {
  random();
  const after = { total: total + add, token };
  return { after, sent: [['deposited', { total: after.total }]] };
};

it.each([false, true])(
  'a number that was drawn once and is kept in the state accuses nobody (async: %s)',
  async (isAsync) => {
    expect((await told(withToken, { isAsync })).faults).toEqual([]);
  },
);

it('an event that has outputs by chance was not missed', async () => {
  expect((await told(withSamples)).faults).toEqual([]);
});

it('what is left to chance from the states that the service had only accuses nobody either', async () => {
  const { faults } = await told(withNumberBelow, { missing: [3] });
  expect(faults).toEqual(['missed 3']);
});

it('numbers that change nothing hide nothing', async () => {
  expect((await told(withIdleDraw, { missing: [12] })).faults).toEqual(['missed 12']);
});
