import { partitionKey } from '../../model/log/partition-id.js';
import { positionFromJson } from '../../model/position/position.js';
import { isBesideLog } from '../../model/provenance/provenance.js';
import type { Plan } from '../../model/plan/plan.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import type { OutputsOfRun, RunCatalogue } from '../sqlite/run-catalogue.js';
import type { IntendedRun, RunPartition } from '../../evidence/corrections/intended-run.js';

/** The intended outputs of a run, open for reading. To be closed. */
export interface OpenIntendedRun extends IntendedRun {
  close(): void;
}

/**
 * Opens what a run of a store intended. The caller has made sure that it has ended.
 * @throws RecoveryError `corrupt-run-store`, `run-not-found`
 */
export function openIntendedRun(catalogue: RunCatalogue, report: RunReport): OpenIntendedRun {
  const plan = catalogue.plan(report.runId);
  const outputs = catalogue.openOutputs(report.runId);
  const partitions = partitionsOf(plan, outputs);
  const indexes = new Map(partitions.map((part, index) => [partitionKey(part), index]));
  const indexOf = (part: RunPartition) => indexes.get(partitionKey(part)) ?? -1;
  const several = partitions.length > 1 && plan.worker.locality === 'global';
  const scope = plan.scope === undefined ? null : new Set(plan.scope.keys);
  return {
    worker: plan.worker.name,
    kinds: plan.worker.outputs,
    partitions,
    lanes: outputs.lanes.map((lane) => ({
      partitions: lane.partitions.map(({ id }) => indexOf({ ...id, from: 0, target: 0, logEnd: 0 })),
      read: () => lane.read(),
    })),
    orderIsKnown: outputs.lanes.length === 1 && !(several && plan.order.by === 'time'),
    orderMayDiffer: several && plan.order.by === 'time',
    inScope: (key) => scope === null || scope.has(key),
    notReplayed: notReplayed(catalogue, report, plan, partitions),
    doubtful: doubtful(report, outputs),
    close: () => {
      outputs.close();
    },
  };
}

function partitionsOf(plan: Plan, outputs: OutputsOfRun): readonly RunPartition[] {
  const ends = new Map(positionFromJson(plan.logEnd).map((part) => [partitionKey(part), part.next]));
  return outputs.lanes
    .flatMap((lane) => lane.partitions)
    .map(({ id, next, target }) => ({
      ...{ ...id, from: next, target },
      logEnd: Math.max(target, ends.get(partitionKey(id)) ?? target),
    }));
}

/** Parked events, those that nobody holds, and those that only older baselines have not seen: what the service recorded of them cannot be judged. */
function notReplayed(
  catalogue: RunCatalogue,
  report: RunReport,
  plan: Plan,
  partitions: readonly RunPartition[],
): IntendedRun['notReplayed'] {
  const parked = new Set<string>();
  for (const { partition, offset } of catalogue.quarantined(report.runId)) {
    parked.add(`${partitionKey(partition)}@${offset}`);
  }
  const lost = plan.segments.filter(({ log }) => log === null);
  const seen = newestStarts(plan);
  const accounts = new Map(report.accounts.map((account) => [partitionKey(account), account.unavailable]));
  return (index, offset) => {
    const partition = partitions[index];
    if (partition === undefined) return true;
    const key = partitionKey(partition);
    if (parked.has(`${key}@${offset}`) || offset < (seen.get(key) ?? 0)) return true;
    const unavailable = accounts.get(key) ?? 0;
    if (unavailable === 0) return false;
    const ranges = lost.filter((segment) => partitionKey(segment) === key);
    const known = ranges.reduce((sum, { from, to }) => sum + Number(to) - Number(from), 0);
    // Offsets that a log lacks in between stand in no plan: any event of the partition may be one of them.
    return unavailable > known || ranges.some(({ from, to }) => offset >= Number(from) && offset < Number(to));
  };
}

/** Where baselines of different ages have read a partition up to: before that, only events of some keys were replayed. */
function newestStarts({ baseline }: Plan): ReadonlyMap<string, number> {
  const starts = new Map<string, number>();
  if (baseline.length === 1) return starts;
  for (const part of baseline.flatMap(({ position }) => positionFromJson(position))) {
    const key = partitionKey(part);
    starts.set(key, Math.max(part.next, starts.get(key) ?? 0));
  }
  return starts;
}

/** A key whose value misses events cannot show what its outputs should have been. */
function doubtful({ totals }: RunReport, outputs: OutputsOfRun): IntendedRun['doubtful'] {
  if (totals.quarantined + totals.unavailable === 0) return () => false;
  const known = new Map<string, boolean>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    // Without a state nobody knows what an output of this key rests on.
    const answer = outputs.causesOf(key)?.some(isBesideLog) ?? true;
    if (known.size < rememberedKeys) known.set(key, answer);
    return answer;
  };
}

const rememberedKeys = 100_000;
