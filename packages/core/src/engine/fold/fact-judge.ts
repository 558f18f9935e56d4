import type { PartitionId } from '../../model/log/partition-id.js';

/** Decides whether a fact that is only offered is taken, before it is. */
export interface FactJudge {
  /**
   * @param partition of the log of facts, and the offset there
   * @param state the rebuilt one; undefined where there is none
   * @param isReached something that may have belonged to that state is lost
   */
  isTaken(partition: PartitionId, offset: number, key: string, state: unknown, isReached: boolean): boolean;
}
