import type { PartitionId } from '../../model/log/partition-id.js';
import type { EmittedOutput } from '../../worker/worker-instance.js';
import type { WorkerEvent } from '../../worker/worker.js';

/**
 * Looks on while a lane is replayed: who compares with what a service recorded learns here what each event did. It is
 * called within the loop, so it must be quick, and must keep none of the lists that it is given.
 */
export interface LaneObserver {
  /**
   * The event was applied. `now` is its effective time, -Infinity before the first one.
   * @param entries one for each key that the event names
   */
  applied(
    event: WorkerEvent,
    now: number,
    entries: readonly { readonly key: string }[],
    outputs: readonly EmittedOutput[],
  ): void;
  /** The event was parked; `keys` is null where nobody knows which ones it names. */
  parked(partition: PartitionId, offset: number, keys: readonly string[] | null): void;
  /** The replay is past an event, whatever became of it (applied, skipped, parked); told last, with its effective time. */
  passed?(now: number): void;
}
