import { defineWorker } from '@eventmend/core';

/** Interest and refused withdrawals: the order of the events matters, and each costs about what a small service does. */
export default defineWorker({
  name: 'accounts',
  version: '1.0.0',
  locality: 'partition',
  key: (event) => event.key,
  initial: () => ({ cents: 0, payments: 0, refused: 0 }),
  evolve: ({ cents, payments, refused }, { value }) => {
    const after = cents + value.cents;
    return after < 0
      ? { cents, payments, refused: refused + 1 }
      : { cents: after + Math.floor(after / 1000), payments: payments + 1, refused };
  },
});
