// Recovers transfers from an archive by the front door: node recover-child.mjs JOB, see in-child.mjs. Sends
// { ms, cpuMs, peakBytes }: the time is that of `recover`, without the plan.
import { openArchive } from '@eventmend/log-replay/archive';
import { logReplay } from '@eventmend/log-replay';
import { measured } from './measured.mjs';

const { archive, store, events, outputs, worker, threads } = JSON.parse(process.argv[2]);
const log = openArchive(archive);
const situation = {
  incident: { name: 'bench', digest: 'bench', onset: null, end: null },
  // The name of a module of this folder, or a worker process.
  worker: typeof worker === 'string' ? { kind: 'module', url: new URL(`./${worker}`, import.meta.url).href } : worker,
  logs: [{ log, as: 'archive' }],
  snapshots: null,
  trusted: [],
  live: null,
  order: { by: 'time', maxStepMs: 86_400_000 },
  poison: 'stop',
  references: {},
  store,
  ...(threads === undefined ? {} : { tuning: { threads } }),
};
const plan = await logReplay().plan(situation, {});
let report;
const took = await measured(async () => {
  report = await logReplay().recover(situation, plan);
});
log.close();
const { applied } = report.totals;
if (report.status !== 'recovered' || applied !== events || report.outputs !== outputs) {
  throw new Error(`${report.status}: ${applied} of ${events} events, ${report.outputs} of ${outputs} outputs`);
}
process.send({ ...took, peakBytes: process.resourceUsage().maxRSS * 1024 });
process.disconnect();
