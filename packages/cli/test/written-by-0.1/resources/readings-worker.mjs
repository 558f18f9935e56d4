import { defineWorker } from '@eventmend/core';

export default defineWorker({
  name: 'readings',
  version: '1.0.0',
  key: ({ value }) => value.meter,
  initial: () => ({ sum: 0, first: null }),
  evolve: ({ sum, first }, { value: { kwh, at }, headers }) => ({
    sum: sum + kwh,
    first: first ?? { at, headers: headers.length },
  }),
});
