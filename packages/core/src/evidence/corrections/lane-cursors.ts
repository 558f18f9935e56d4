import { eventNumber, partitionIndex, type IntendedRun } from './intended-run.js';
import { intendedEvents, type IntendedEvent } from './intended-events.js';

/** Reads the lanes of a run side by side, each only as far as the records have come. */
export class LaneCursors {
  readonly #run: IntendedRun;
  readonly #lanes: Iterator<IntendedEvent>[];
  readonly #laneOf: number[] = [];
  /** Next offset of each partition that may still come; Infinity when its lane has ended. */
  readonly #frontier: number[];

  constructor(run: IntendedRun) {
    this.#run = run;
    const indexOf = partitionIndex(run);
    this.#frontier = run.partitions.map(({ from }) => from);
    this.#lanes = run.lanes.map(({ partitions, read }, lane) => {
      for (const partition of partitions) this.#laneOf[partition] = lane;
      return intendedEvents(lane, read(), indexOf)[Symbol.iterator]();
    });
  }

  /** True when the event was read, or intends nothing. */
  isPast(partition: number, offset: number): boolean {
    return offset < (this.#frontier[partition] ?? Infinity);
  }

  /** The next event of the lane of a partition. */
  next(partition: number): IntendedEvent | null {
    return this.nextOfLane(this.#laneOf[partition] ?? -1);
  }

  nextOfLane(lane: number): IntendedEvent | null {
    const read = this.#lanes[lane]?.next();
    if (read === undefined || read.done === true) {
      for (const partition of this.#run.lanes[lane]?.partitions ?? []) this.#frontier[partition] = Infinity;
      return null;
    }
    this.#frontier[read.value.partition] = read.value.offset + 1;
    return read.value;
  }

  /** Gives up lanes that were not read to their end. */
  close(): void {
    for (const lane of this.#lanes) lane.return?.();
  }

  number({ partition, offset }: IntendedEvent): number {
    return eventNumber(this.#run, partition, offset);
  }
}
