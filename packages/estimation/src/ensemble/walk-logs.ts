import type { LongWork } from '@eventmend/core';
import {
  beginningOf,
  endOf,
  orderValueReader,
  partitionKey,
  partitionsOfSpec,
  ranksOneByOne,
  refuseInterrupted,
  specBetween,
  walkPartition,
  type PartitionWalk,
  type PreparedInputs,
  type ReplayInputs,
  type ReplaySpec,
} from '@eventmend/core/engine';

/** What is read, in whichever thread it is open. */
export type ReadLogs = Pick<ReplayInputs, 'logs' | 'recorded'>;

/** Everything that the logs hold. */
export function wholeSpec(prepared: PreparedInputs): ReplaySpec {
  return specBetween(prepared, beginningOf(prepared.survey), endOf(prepared.survey), 'genesis');
}

/** Opens all partitions of a range, to be gone through in the order of the plan. */
export async function openWalks(spec: ReplaySpec, { logs, recorded }: ReadLogs): Promise<readonly PartitionWalk[]> {
  const { order } = spec;
  const orderValueOf = orderValueReader(order, recorded === null ? undefined : ranksOneByOne(recorded));
  const walks: PartitionWalk[] = [];
  try {
    for (const partition of partitionsOfSpec(spec, logs)) {
      walks.push(await walkPartition(partition, order, orderValueOf, Infinity));
    }
  } catch (error) {
    for (const walk of walks) walk.close();
    throw error;
  }
  return walks;
}

/** Goes once through a range, one partition after the other. */
export async function walkEach(
  spec: ReplaySpec,
  inputs: ReadLogs,
  visit: (walk: PartitionWalk, partition: string) => Promise<void>,
): Promise<void> {
  const walks = await openWalks(spec, inputs);
  try {
    for (const walk of walks) await visit(walk, partitionKey(walk.partition.id));
  } finally {
    for (const walk of walks) walk.close();
  }
}

/** Goes once through everything that prepared inputs hold. */
export async function walkWhole(
  prepared: PreparedInputs,
  work: LongWork,
  visit: (walk: PartitionWalk, partition: string) => Promise<void>,
): Promise<void> {
  const { survey, recorded } = prepared;
  const logs = survey.logs.map(({ log }) => log);
  await walkEach(wholeSpec(prepared), { logs, recorded }, async (walk, partition) => {
    await visit(walk, partition);
    refuseInterrupted(work.signal);
  });
}
