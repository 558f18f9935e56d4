/** What the benches recover: a log of transfers by time, with the defaults. `worker` is a module of this folder, or a process. */
export function transfersSituation({ log, as, worker, store, threads, readAhead }) {
  return {
    incident: { name: 'bench', digest: 'bench', onset: null, end: null },
    worker: typeof worker === 'string' ? { kind: 'module', url: new URL(`./${worker}`, import.meta.url).href } : worker,
    logs: [{ log, as }],
    snapshots: null,
    trusted: [],
    live: null,
    order: { by: 'time', maxStepMs: 86_400_000 },
    poison: 'stop',
    references: {},
    store,
    tuning: { ...(threads === undefined ? {} : { threads }), ...(readAhead === undefined ? {} : { readAhead }) },
  };
}
