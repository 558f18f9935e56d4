import type { PartitionId } from '../../model/log/partition-id.js';
import type { WorkerEvent } from '../../worker/worker.js';
import type { PartitionChoice, ScopeRequest } from './scope-request.js';
import { matchesWhere } from './where/match-where.js';
import { parseWhere } from './where/parse-where.js';

/**
 * Decides which events have their keys chosen; null where a request chooses none by its events.
 * @throws RecoveryError `invalid-condition` for a condition that cannot be read
 */
export function eventChooser(request: ScopeRequest): ((event: WorkerEvent) => boolean) | null {
  const conditions = (request.where ?? []).map(parseWhere);
  const partitions = request.partitions ?? [];
  if (conditions.length === 0 && partitions.length === 0) return null;
  return (event) =>
    (partitions.length === 0 || partitions.some((choice) => isOf(choice, event))) &&
    conditions.every((condition) => matchesWhere(condition, event));
}

export function isOf(choice: PartitionChoice, { topic, partition }: Pick<PartitionId, 'topic' | 'partition'>): boolean {
  return choice.partition === partition && (choice.topic === undefined || choice.topic === topic);
}
