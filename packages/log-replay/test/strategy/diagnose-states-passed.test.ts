import { createMemoryRecordedOutputs, defineWorker, type RecordedOutput, type Worker } from '@eventmend/core';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.js';
import { readFaults } from '../../src/diagnose/fault-files.js';
import { withIncident } from '../diagnose/memory-incident.js';

interface Change {
  readonly key: string;
  readonly kind: 'block' | 'open' | 'pay';
  readonly add: number;
}

interface Account {
  readonly status: 'open' | 'blocked';
  readonly sum: number;
}

type Emit = (account: Account, add: number) => readonly unknown[];

/** Gives notices for payments alone; whether an account is blocked, or how large it is, shows in nothing else. */
const accounts = (noticesOf: Emit): Worker =>
  defineWorker<Change, Account>({
    name: 'accounts',
    version: '1',
    key: ({ value }) => value.key,
    initial: () => ({ status: 'open', sum: 0 }),
    outputs: { notice: { kind: 'event' } },
    evolve(account, { value: { kind, add } }, context) {
      if (kind !== 'pay') return { ...account, status: kind === 'block' ? 'blocked' : 'open' };
      for (const notice of noticesOf(account, add)) context.emit('notice', notice);
      return { ...account, sum: account.sum + add };
    },
  });

const more: Emit = ({ status }, add) => (status === 'blocked' ? [{ add }, { add, alert: true }] : [{ add }]);
const other: Emit = ({ status }) => [{ isAccepted: status === 'open' }];
const large: Emit = ({ sum }, add) => (sum >= 500 && sum < 540 ? [{ add }, { add: 0 }] : [{ add }]);

const change = (partition: number, kind: Change['kind'], add = 0) => ({ partition, value: { key: 'a', kind, add } });
const notice = (partition: number, offset: number, value: unknown) => ({
  ...{ output: 'notice', key: 'a', value },
  event: { topic: 't', partition, offset },
});

async function faultsOf(
  worker: Worker,
  events: readonly ReturnType<typeof change>[],
  rows: readonly Pick<RecordedOutput, 'output' | 'key' | 'value' | 'event'>[],
  order: 'unknown' | 'handling',
) {
  const next = [0, 1].map((place) => events.filter(({ partition }) => partition === place).length);
  return withIncident(
    {
      worker,
      events,
      live: { id: 'live', next, states: { a: { status: 'open', sum: 12 } } },
      more: { recordedOutputs: createMemoryRecordedOutputs([...rows], { order }) },
    },
    async ({ situation }) => {
      await diagnose(situation);
      return [...readFaults(situation.store)].map(({ kind, event }) => `${kind} ${event.partition}@${event.offset}`);
    },
  );
}

describe.each(['unknown', 'handling'] as const)('a healthy service, order of outputs: %s', (order) => {
  // Payments of one partition, and the status of the account in the other, passed before or only after the payments.
  it.each([0, 1])('that is seldom blocked, with the status in partition %i', async (status) => {
    const pay = 1 - status;
    const events = [
      ...[change(status, 'block'), change(status, 'open')],
      ...[change(pay, 'pay', 3), change(pay, 'pay', 4), change(pay, 'pay', 5)],
    ];
    const twoInOne = [{ add: 4 }, { add: 4, alert: true }].map((value) => notice(pay, 1, value));
    const rows = [notice(pay, 0, { add: 3 }), ...twoInOne, notice(pay, 2, { add: 5 })];
    expect(await faultsOf(accounts(more), events, rows, order)).toEqual([]);

    const verdicts = [true, false, true].map((isAccepted, offset) => notice(pay, offset, { isAccepted }));
    expect(await faultsOf(accounts(other), events, verdicts, order)).toEqual([]);
  });

  it('whose sum is seldom large', async () => {
    const events = [
      ...[change(0, 'pay', 510), change(0, 'pay', -510)],
      ...[change(1, 'pay', 3), change(1, 'pay', 4), change(1, 'pay', 5)],
    ];
    const rows = [
      ...[notice(1, 0, { add: 3 }), notice(0, 0, { add: 510 })],
      ...[notice(1, 1, { add: 4 }), notice(1, 1, { add: 0 })],
      ...[notice(0, 1, { add: -510 }), notice(0, 1, { add: 0 }), notice(1, 2, { add: 5 })],
    ];
    expect(await faultsOf(accounts(large), events, rows, order)).toEqual([]);
  });

  it('whose outputs were sent again with another stamp', async () => {
    const events = [change(0, 'pay', 3), change(1, 'pay', 4), change(0, 'pay', 5)];
    const rows = [
      ...[notice(0, 0, { add: 3, sent: 1 }), notice(1, 0, { add: 4, sent: 2 })],
      ...[notice(0, 1, { add: 5, sent: 3 }), notice(1, 0, { add: 4, sent: 9 })],
    ];
    const faults = await faultsOf(accounts(more), events, rows, order);
    expect(faults.filter((fault) => fault.startsWith('twice'))).toEqual([]);
  });
});
