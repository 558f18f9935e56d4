import type { LongWork, Position } from '@eventmend/core';
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
} from '@eventmend/core/engine';

/** Opens all partitions between two positions, to be gone through in the order of the plan. */
export async function openWalks(
  prepared: PreparedInputs,
  from: Position,
  to: Position,
): Promise<readonly PartitionWalk[]> {
  const { situation, survey, recorded } = prepared;
  const spec = specBetween(prepared, from, to, 'genesis');
  const orderValueOf = orderValueReader(situation.order, recorded === null ? undefined : ranksOneByOne(recorded));
  const logs = survey.logs.map(({ log }) => log);
  const walks: PartitionWalk[] = [];
  try {
    for (const partition of partitionsOfSpec(spec, logs)) {
      walks.push(await walkPartition(partition, situation.order, orderValueOf, Infinity));
    }
  } catch (error) {
    for (const walk of walks) walk.close();
    throw error;
  }
  return walks;
}

/** Goes once through everything that the logs hold, one partition after the other. */
export async function walkWhole(
  prepared: PreparedInputs,
  work: LongWork,
  visit: (walk: PartitionWalk, partition: string) => Promise<void>,
): Promise<void> {
  const walks = await openWalks(prepared, beginningOf(prepared.survey), endOf(prepared.survey));
  try {
    for (const walk of walks) {
      await visit(walk, partitionKey(walk.partition.id));
      refuseInterrupted(work.signal);
    }
  } finally {
    for (const walk of walks) walk.close();
  }
}
