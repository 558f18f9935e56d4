import type { IntendedOutput, OutputKind } from '../../model/outputs/output.js';
import type { PartitionId } from '../../model/log/partition-id.js';

/** One partition of a run, and what of it the run replayed. */
export interface RunPartition extends PartitionId {
  /** Where the oldest baseline ends: the first offset that was replayed. */
  readonly from: number;
  /** Exclusive end of the replay. */
  readonly target: number;
  /** Exclusive end of the log, as it was when the run was planned. */
  readonly logEnd: number;
}

/** What a run intended, as the comparison with the recorded outputs needs it. */
export interface IntendedRun {
  readonly worker: string;
  /** The kinds of the declared outputs, by name. */
  readonly kinds: Readonly<Record<string, OutputKind>>;
  readonly partitions: readonly RunPartition[];
  /** Each lane's partitions, as indexes, and its outputs in the order of the run; may be read several times. */
  readonly lanes: readonly { readonly partitions: readonly number[]; read(): Iterable<IntendedOutput> }[];
  /**
   * True where the service must have handled all events in the order of the run: one lane, and an order that was declared
   * or recorded, or just one partition.
   */
  readonly orderIsKnown: boolean;
  /** True where the live service may have interleaved partitions in another order, as permissible as that of the run. */
  readonly orderMayDiffer: boolean;
  /** False for a key that the run was told to leave alone. */
  inScope(key: string): boolean;
  /** True for an event in the range of the run that was parked, that nobody holds, or that a baseline of the run may have seen. */
  notReplayed(partition: number, offset: number): boolean;
  /** True for a key whose value rests on parked events or holes. */
  doubtful(key: string): boolean;
}

/** Event keys: one number for partition and offset, small enough for any log. */
export function eventNumber(run: IntendedRun, partition: number, offset: number): number {
  return (offset - (run.partitions[partition]?.from ?? 0)) * run.partitions.length + partition;
}

export function kindOf(run: IntendedRun, output: string): IntendedOutput['kind'] {
  return Object.hasOwn(run.kinds, output) ? (run.kinds[output] ?? 'undeclared') : 'undeclared';
}

/** Finds partitions by what a record says of them: a record names no source. */
export function partitionIndex(run: IntendedRun): (topic: string, partition: number) => number | undefined {
  const topics = new Map<string, Map<number, number>>();
  run.partitions.forEach(({ topic, partition }, index) => {
    const known = topics.get(topic) ?? new Map<number, number>();
    topics.set(topic, known.set(partition, index));
  });
  return (topic, partition) => topics.get(topic)?.get(partition);
}
