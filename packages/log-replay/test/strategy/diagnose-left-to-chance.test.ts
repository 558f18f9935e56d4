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
  let drawn = 12;
  return () => (++drawn % 15 === 0 ? 0.9999 : 0.5 + drawn / 1000);
}

function workerOf(handle: Handler, isAsync: boolean, volatile: object): Worker {
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
    outputs: { deposited: { kind: 'event', ...volatile }, sampled: { kind: 'event' } },
  });
}

/** What is told of a service that handles each event as the handler says, with numbers of its own, and leaves some events out. */
async function told(
  handle: Handler,
  {
    missing = [] as readonly number[],
    wrong = null as number | null,
    isAsync = false,
    volatile = {},
    hasOutputs = true,
  } = {},
) {
  const states = new Map<string, Account>();
  const recorded: Omit<RecordedOutput, 'seq'>[] = [];
  const random = ownNumbers();
  for (const [offset, event] of events.entries()) {
    if (missing.includes(offset)) continue;
    const { key } = event;
    const handled = offset === wrong ? { ...event, add: event.add + 100 } : event;
    const { after, sent } = handle(states.get(key) ?? { total: 0, token: 0 }, handled, random);
    states.set(key, after);
    for (const [output, value] of sent)
      recorded.push({ output, key, value, event: { topic: 't', partition: 0, offset } } as never);
  }
  const incident = {
    worker: workerOf(handle, isAsync, volatile),
    events: events.map((value) => ({ value })),
    live: { id: 'live', next: [events.length], states },
    more: hasOutputs ? { recordedOutputs: createMemoryRecordedOutputs(recorded, { order: 'handling' }) } : {},
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

/** One account in fifteen gets another plan, with its first deposit. */
const withRarePlan: Handler = ({ total, token }, { add }, random) => {
  const after = { total: total + add, token: token === 0 ? (random() < 0.999 ? 1 : 2) : token };
  return { after, sent: [['deposited', { price: after.token === 1 ? 5 : 10, add }]] };
};

const withSeveral: Handler = ({ total, token }, { add }, random) => {
  const after = { total: total + add, token };
  const sent: Sent = ['deposited', { total: after.total }];
  return { after, sent: random() < 0.999 ? [sent] : [sent, sent] };
};

const withDropped: Handler = ({ total, token }, { add }, random) => ({
  after: { total: total + (random() < 0.999 || total === 0 ? add * 1000 : 0), token },
  sent: [],
});

const withKeptId: Handler = ({ total }, { add }, random) => {
  const after = { total: total + add, token: random() };
  return { after, sent: [['deposited', { id: after.token, total: after.total }]] };
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

it('a branch that few events take, and what is read from it later, accuse nobody', async () => {
  expect((await told(withRarePlan)).faults).toEqual([]);
});

it('how many outputs an event has by chance makes no second handling of it', async () => {
  expect((await told(withSeveral)).faults).toEqual([]);
});

it('a state that rests on chance shows no missed event', async () => {
  expect((await told(withDropped, { hasOutputs: false })).faults).toEqual([]);
});

it('an id that is volatile hides no wrong result, although the state keeps it', async () => {
  const { faults } = await told(withKeptId, { wrong: 20, volatile: { volatile: ['id'] } });
  expect(faults).toEqual(['wrong 20']);
});

it('numbers that change nothing hide nothing', async () => {
  expect((await told(withIdleDraw, { missing: [12] })).faults).toEqual(['missed 12']);
});
