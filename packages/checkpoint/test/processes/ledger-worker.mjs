// A worker whose states depend on the order of the events of their keys, and on each being applied once.
import { defineWorker } from '@eventmend/core';

export default defineWorker({
  name: 'ledger',
  version: '1.0.0',
  key: (event) => event.key,
  initial: () => ({ count: 0, trail: 0 }),
  outputs: { told: { kind: 'event' } },
  evolve: ({ count, trail }, { value }, context) => {
    context.emit('told', { n: value.n });
    return { count: count + 1, trail: (trail * 31 + value.n) % 1_000_003, text: 'x'.repeat(value.n % 300) };
  },
});
