import type { ReplaySpec } from '../../engine/spec/replay-spec.js';
import { offsetsOf } from '../../evidence/inputs/locate-replay.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { jobModule, runJob } from '../../evidence/inputs/run-job.js';
import type { ScopeScan } from '../../evidence/scope/collect-scope.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import groupsJob from './groups-job.js';
import type { SurveyedGroups } from './groups-of.js';

/** Reads every event of a plan once and asks the worker for its keys: which of them do events connect? */
export function surveyGroups(prepared: PreparedInputs, spec: ReplaySpec, work: LongWork): Promise<SurveyedGroups> {
  const scan: ScopeScan = {
    request: {},
    order: spec.order,
    baseline: null,
    partitions: spec.partitions.map(({ id, next, order, target, ranges }) => ({
      id,
      next,
      order,
      ranges: ranges.filter(({ from }) => from < target).map(({ from, to, log }) => ({ from, to, log })),
    })),
  };
  return runJob(
    prepared,
    {
      module: jobModule(import.meta.url, '#groups-job'),
      job: groupsJob,
      request: () => scan,
      sources: { snapshots: null },
      spec: { partitions: scan.partitions, locality: 'global', poison: 'stop' },
      phase: 'scan',
      total: offsetsOf(spec),
    },
    work,
  );
}
