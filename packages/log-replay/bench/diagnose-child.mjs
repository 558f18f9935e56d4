// Diagnoses or recovers transfers by the front door: node diagnose-child.mjs JOB, where JOB is JSON with
// { what, archive, outputs, store, planted }. Sends { ms, cpuMs, peakBytes }.
import { openRecordedOutputs, standardOutputMapping } from '@eventmend/core/engine';
import { diagnose, logReplay } from '@eventmend/log-replay';
import { openArchive } from '@eventmend/core/archive';
import { measured } from './measured.mjs';

const { what, archive, outputs, store, planted } = JSON.parse(process.argv[2]);
const log = openArchive(archive);
const settings = { order: 'handling', from: null, until: null };
const situation = {
  incident: { name: 'bench', digest: 'bench', onset: null, end: null },
  worker: { kind: 'module', url: new URL('./smoothed-transfers-worker.mjs', import.meta.url).href },
  logs: [{ log, as: 'archive' }],
  snapshots: null,
  trusted: [],
  live: null,
  recordedOutputs: openRecordedOutputs(
    { kind: 'file', format: 'ndjson', file: outputs },
    standardOutputMapping,
    settings,
  ),
  order: { by: 'time', maxStepMs: 86_400_000 },
  poison: 'stop',
  references: {},
  store,
};
let took;
if (what === 'recover') {
  const plan = await logReplay(situation).plan();
  took = await measured(() => logReplay(situation).recover(plan));
} else {
  let found;
  took = await measured(async () => {
    found = await diagnose(situation);
  });
  // A diagnosis that finds something else is no measure of one that works.
  for (const [kind, count] of Object.entries(planted)) {
    if (found.counts[kind] !== count) throw new Error(`${found.counts[kind]} of ${count} ${kind} found`);
  }
}
log.close();
process.send({ ...took, peakBytes: process.resourceUsage().maxRSS * 1024 });
process.disconnect();
