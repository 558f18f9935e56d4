import { defineWorker } from '@eventmend/core';
import { feeOf } from './rules.js';

interface Grant {
  readonly account: string;
  readonly cents: number;
}

interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly cents: number;
}

interface Account {
  readonly cents: number;
  readonly moves: number;
}

/** Nobody can send more than there is, so the result depends on the order. */
export default defineWorker<Grant | Transfer, Account>({
  name: 'bank',
  version: '2.0.1',
  topics: ['grants', 'transfers'],
  keys: ({ value }) => ('account' in value ? [value.account] : [value.from, value.to]),
  initial: () => ({ cents: 0, moves: 0 }),
  evolve(states, { value }, context) {
    if (typeof value.cents !== 'number') throw new Error('cents is no number');
    const change = (key: string, cents: number) => {
      const { cents: before, moves } = states.get(key);
      const after = { cents: before + cents, moves: moves + 1 };
      states.set(key, after);
      context.emit('balance', after, { key });
    };
    if ('account' in value) {
      change(value.account, value.cents);
      context.emit('turnover', value.cents, { key: 'all' });
      return;
    }
    const { from, to, cents } = value;
    const sent = Math.min(cents, Math.max(0, states.get(from).cents - feeOf(cents)));
    context.emit('moved', { from, to, cents: sent });
    if (sent < cents) context.emit('letter', { to: from, missing: cents - sent });
    change(from, sent === 0 ? 0 : -sent - feeOf(cents));
    change(to, sent);
  },
  outputs: {
    moved: { kind: 'event', retract: (value) => ({ undo: value }) },
    balance: { kind: 'latest', reveals: [{ fields: { cents: 'cents', moves: 'moves' } }] },
    turnover: { kind: 'delta' },
    letter: { kind: 'effect' },
  },
  invariants: { 'nobody owes anything': ({ cents }) => cents >= 0 },
  measures: { cents: ({ cents }) => cents },
});
