import { partitionKey } from '../../model/log/partition-id.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { Position } from '../../model/position/position.js';
import type { TargetRequest } from '../inputs/recovery-inputs.js';
import type { LogSurvey, SurveyedPartition } from '../coverage/survey-logs.js';

/**
 * A plan that ends where an open transaction begins would leave out, without a word, what has been committed behind it.
 * A target in front of it is fine.
 * @throws RecoveryError `open-transaction`
 */
export function refuseHeldBack(survey: LogSurvey, target: Position, request: TargetRequest | undefined): void {
  const ends = new Map(target.map((part) => [partitionKey(part), part.next]));
  for (const partition of survey.partitions) {
    // Another log may hold what this one cannot show.
    const held = partition.held.find(({ holds }) => holds.heldBack !== undefined && holds.range.to >= partition.end);
    const heldBack = held?.holds.heldBack;
    if (heldBack === undefined || (ends.get(partitionKey(partition)) ?? partition.end) < partition.end) continue;
    if (isNamed(partition, request)) continue;
    const where = `${partition.topic}[${partition.partition}]`;
    throw new RecoveryError(
      'open-transaction',
      `${where}: an open transaction of ${heldBack.by} holds back everything from offset ${partition.end} to ${heldBack.to - 1}`,
      {
        hint: `wait for it or end it (kafka-transactions.sh abort), or stop before it: --target-offsets ${where}=${partition.end}`,
        details: { topic: partition.topic, partition: partition.partition, from: String(partition.end) },
      },
    );
  }
}

/** Whoever gives the offset of this partition knows where it ends. */
function isNamed({ topic, partition }: SurveyedPartition, request: TargetRequest | undefined): boolean {
  if (request?.kind !== 'offsets') return false;
  return request.offsets.some((one) => one.partition === partition && (one.topic ?? topic) === topic);
}
