import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import type { GroupOffset } from '../../sources/kafka/cluster/kafka-cluster.js';

/** Where a group stands in a partition, and where it is to go on. */
export interface GroupStep {
  readonly topic: string;
  readonly partition: number;
  /** Null where the group had committed nothing. */
  readonly before: number | null;
  readonly after: number;
}

/** Why a group is not moved. */
export type MoveProblem =
  /** The service has handled events behind the end of the run: it would handle them once more. */
  | {
      readonly kind: 'behind-run';
      readonly topic: string;
      readonly partition: number;
      readonly before: number;
      readonly after: number;
    }
  /** The run does not hold the partition: what the fixed worker would make of it is not known. */
  | { readonly kind: 'partition-not-in-run'; readonly topic: string; readonly partition: number }
  /** The topic is another one than the run read. */
  | { readonly kind: 'other-topic'; readonly topic: string }
  /** The offset is not in the topic any more, or not yet. */
  | { readonly kind: 'outside-topic'; readonly topic: string; readonly partition: number; readonly after: number };

export interface PartitionOfRun extends PartitionId {
  /** One past the last event of the run. */
  readonly target: number;
}

export interface PartitionOfTopic extends Pick<PartitionId, 'topic' | 'incarnation' | 'partition'> {
  readonly from: number;
  readonly end: number;
}

/**
 * Where a group goes on behind a run: at the end of what the run has handled, in every partition. Pure.
 */
export function moveOfGroup(
  run: readonly PartitionOfRun[],
  topics: readonly PartitionOfTopic[],
  committed: readonly GroupOffset[],
): { readonly steps: readonly GroupStep[]; readonly problems: readonly MoveProblem[] } {
  const steps: GroupStep[] = [];
  const problems: MoveProblem[] = [];
  const targets = new Map(run.map((part) => [nameOf(part), part]));
  const before = new Map(committed.map((offset) => [nameOf(offset), offset.next]));
  const others = new Set<string>();
  for (const { topic, partition, incarnation, from, end } of topics) {
    const part = targets.get(nameOf({ topic, partition }));
    if (part === undefined) {
      problems.push({ kind: 'partition-not-in-run', topic, partition });
      continue;
    }
    if (part.incarnation !== '' && incarnation !== '' && part.incarnation !== incarnation) {
      if (!others.has(topic)) problems.push({ kind: 'other-topic', topic });
      others.add(topic);
      continue;
    }
    const after = part.target;
    const stood = before.get(nameOf({ topic, partition })) ?? null;
    if (after < from || after > end) problems.push({ kind: 'outside-topic', topic, partition, after });
    else if (stood !== null && stood > after)
      problems.push({ kind: 'behind-run', topic, partition, before: stood, after });
    else steps.push({ topic, partition, before: stood, after });
  }
  return { steps, problems };
}

/** Whether a group stands where it is thought to stand: `before` or `after` a move; null where it stands elsewhere. Pure. */
export function standOfGroup(
  steps: readonly GroupStep[],
  committed: readonly GroupOffset[],
): { readonly isBefore: boolean; readonly isAfter: boolean; readonly moved: readonly GroupOffset[] } {
  const now = new Map(committed.map((offset) => [nameOf(offset), offset.next]));
  const at = (step: GroupStep) => now.get(nameOf(step)) ?? null;
  return {
    isBefore: steps.every((step) => at(step) === step.before),
    isAfter: steps.every((step) => at(step) === step.after),
    moved: steps.flatMap((step) => {
      const next = at(step);
      return next === null || next === step.before || next === step.after
        ? []
        : [{ topic: step.topic, partition: step.partition, next }];
    }),
  };
}

function nameOf({ topic, partition }: Pick<PartitionId, 'topic' | 'partition'>): string {
  return partitionKey({ source: '', topic, incarnation: '', partition });
}
