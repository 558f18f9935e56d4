import { defineWorker } from '@eventmend/core';

export default defineWorker({
  name: 'deposits',
  version: '1.0.0',
  locality: 'partition',
  key: ({ value }) => value.account,
  initial: () => ({ cents: 0, last: null }),
  evolve: ({ cents }, { value }, { emit }) => {
    const state = { cents: Math.max(0, cents + Number(value.cents)), last: value.cents };
    emit('state', state);
    return state;
  },
  outputs: { state: { kind: 'latest' } },
});
