import { comparePartitions, describePartition, partitionKey } from '../../model/log/partition-id.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { PlanScope } from '../../model/plan/plan.js';
import type { PreparedInputs } from '../inputs/prepare-inputs.js';
import { coverPartitions } from '../coverage/cover-partitions.js';
import { jobModule, runJob } from '../inputs/run-job.js';
import { isOf } from './choose-events.js';
import type { ScopeScan } from './collect-scope.js';
import { emptyRequest, noSuchPartition } from './scope-failures.js';
import scopeJob from './scope-job.js';
import type { ScopeRange } from './scope-range.js';
import type { ScopeRequest } from './scope-request.js';
import { parseWhere } from './where/parse-where.js';

/** Does what `resolveScope` says. */
export async function resolveInLog(
  prepared: PreparedInputs,
  request: ScopeRequest,
  range: ScopeRange,
  work: LongWork,
): Promise<PlanScope> {
  const scan = scanOf(prepared, request, range);
  return runJob(
    prepared,
    {
      module: jobModule(import.meta.url, '#scope-job'),
      job: scopeJob,
      request: () => scan,
      sources: { snapshots: scan.baseline === null ? null : prepared.situation.snapshots },
      spec: { partitions: scan.partitions, locality: 'global', poison: 'stop' },
      phase: 'scan',
      total: scan.partitions.flatMap(({ ranges }) => ranges).reduce((sum, { from, to }) => sum + to - from, 0),
    },
    work,
  );
}

/** Refuses what can be refused before anything is read. */
function scanOf({ situation, survey }: PreparedInputs, request: ScopeRequest, range: ScopeRange): ScopeScan {
  const { keys = [], where = [], partitions = [] } = request;
  if (keys.length === 0 && where.length === 0 && partitions.length === 0) throw emptyRequest();
  for (const text of where) parseWhere(text);
  for (const choice of partitions) {
    if (!survey.partitions.some((partition) => isOf(choice, partition))) {
      throw noSuchPartition(choice, survey.partitions.map(describePartition));
    }
  }
  const starts = new Map(range.from.map((part) => [partitionKey(part), part]));
  return {
    request,
    order: situation.order,
    baseline: range.baseline,
    partitions: coverPartitions(survey, range.from, range.to)
      .map(({ partition, ranges }) => {
        const { source, topic, incarnation, partition: number } = partition;
        const start = starts.get(partitionKey(partition));
        return {
          id: { source, topic, incarnation, partition: number },
          next: start?.next ?? partition.beginning,
          order: start?.order ?? { watermark: -Infinity, clock: -Infinity },
          ranges: ranges.map(({ from, to, log }) => ({ from, to, log })),
        };
      })
      .sort((a, b) => comparePartitions(a.id, b.id)),
  };
}
