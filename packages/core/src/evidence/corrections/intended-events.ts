import type { IntendedOutput } from '../../model/outputs/output.js';

/** All outputs that one event intends, in the order in which the handler gave them. */
export interface IntendedEvent {
  /** Where it stands in the run: events of earlier lanes, and earlier events of its lane, have lower ones. */
  readonly place: number;
  /** Index of the partition in the run. */
  readonly partition: number;
  readonly offset: number;
  readonly time: number | null;
  readonly outputs: readonly IntendedOutput[];
}

/** Outputs of a lane that a place has room for. Twice as many, so that there is room between two events. */
const placesOfLane = 2 ** 37;

/** The place of the output `seq` of a lane. Always odd: the even one before it is for what the run has no place for. */
export function sequenceNumber(lane: number, seq: number): number {
  return lane * placesOfLane + 2 * seq + 1;
}

/** Puts the outputs of each event together; they stand side by side in a lane. */
export function* intendedEvents(
  lane: number,
  outputs: Iterable<IntendedOutput>,
  indexOf: (topic: string, partition: number) => number | undefined,
): Iterable<IntendedEvent> {
  let open: IntendedOutput[] = [];
  for (const output of outputs) {
    const first = open[0];
    if (first === undefined || isSameEvent(first, output)) {
      open.push(output);
    } else {
      yield eventOf(lane, first, open, indexOf);
      open = [output];
    }
  }
  if (open[0] !== undefined) yield eventOf(lane, open[0], open, indexOf);
}

function isSameEvent(a: IntendedOutput, b: IntendedOutput): boolean {
  return a.offset === b.offset && a.partition === b.partition && a.topic === b.topic;
}

function eventOf(
  lane: number,
  first: IntendedOutput,
  outputs: readonly IntendedOutput[],
  indexOf: (topic: string, partition: number) => number | undefined,
): IntendedEvent {
  const { seq, topic, partition, offset, time } = first;
  return { place: sequenceNumber(lane, seq), partition: indexOf(topic, partition) ?? -1, offset, time, outputs };
}
