// Recovers transfers from an archive by the front door: node recover-child.mjs JOB, see in-child.mjs. Sends
// { ms, cpuMs, peakBytes, planMs }: the time is that of `recover`, without the plan.
import { openArchive } from '@eventmend/core/archive';
import { logReplay } from '@eventmend/log-replay';
import { measured } from './measured.mjs';
import { transfersSituation } from './transfers-situation.mjs';

const { archive, store, events, outputs, worker, threads, readAhead } = JSON.parse(process.argv[2]);
const log = openArchive(archive);
const situation = transfersSituation({ log, as: 'archive', worker, store, threads, readAhead });
let plan;
const planned = await measured(async () => {
  plan = await logReplay(situation).plan();
});
let report;
const took = await measured(async () => {
  report = (await logReplay(situation).recover(plan)).report;
});
log.close();
const { applied } = report.totals;
if (report.status !== 'recovered' || applied !== events || report.outputs !== outputs) {
  throw new Error(`${report.status}: ${applied} of ${events} events, ${report.outputs} of ${outputs} outputs`);
}
process.send({ ...took, peakBytes: process.resourceUsage().maxRSS * 1024, planMs: planned.ms });
process.disconnect();
