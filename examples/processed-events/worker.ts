import { defineWorker } from '@eventmend/core';
import { noPayments, process, type Account, type Payment, type Processed } from './rules.js';

/** What the service should have done with each payment: its rules as they are right again. */
export default defineWorker<Payment, Account>({
  name: 'payments',
  version: '1.1.1',
  locality: 'partition',
  key: ({ value }) => value.account,
  initial: () => noPayments,
  // Readers add `cents` up: what was sent wrongly is taken back by its opposite.
  outputs: {
    processed: {
      kind: 'event',
      retract: (value) => ({ ...(value as Processed), cents: -(value as Processed).cents }),
    },
  },
  evolve(state, { value }, context) {
    const { account, processed } = process(state, value);
    context.emit('processed', processed);
    return account;
  },
});
