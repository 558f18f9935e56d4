import type { ReplaySpec } from '@eventmend/core/engine';
import type { Handling } from './handling.js';
import { PlaceIndex } from './place-index.js';
import { firstWitnessed } from './witnessed-stretch.js';

/** What the beginning of the records shows of all of them. */
export interface RecordSurvey {
  /** By place: the first offset that they speak of; null where the beginning names none of the partition. */
  readonly witnessedFrom: readonly (number | null)[];
  /** Whether they name events by offset, or by business id only. */
  readonly recordsBy: 'offset' | 'id';
  readonly empty: boolean;
}

/** Enough to see every partition that is not nearly silent. */
const looked = 20_000;

/** Looks at the first handlings. */
export async function surveyRecords(
  partitions: ReplaySpec['partitions'],
  handlings: AsyncIterable<readonly Handling[]>,
): Promise<RecordSurvey> {
  const places = new PlaceIndex(partitions.map(({ id }) => id));
  const offsets: number[][] = partitions.map(() => []);
  let seen = 0;
  let withOffset = 0;
  for await (const batch of handlings) {
    for (const { event } of batch) {
      if (event === null) continue;
      withOffset++;
      const place = places.of(event);
      if (place !== undefined) offsets[place]?.push(event.offset);
    }
    seen += batch.length;
    if (seen >= looked) break;
  }
  return {
    witnessedFrom: offsets.map((list, place) =>
      list.length === 0 ? null : beginningOf(withoutRedelivered(list, partitions[place]?.next ?? 0)),
    ),
    recordsBy: seen > 0 && withOffset === 0 ? 'id' : 'offset',
    empty: seen === 0,
  };
}

/**
 * The first offset that was recorded first. An earlier one that comes behind it may be late, or may have been handled before
 * the records began, and again: it does not say that those behind it were recorded too.
 */
function beginningOf(offsets: readonly number[]): number {
  return Math.max(firstWitnessed(offsets), offsets[0] as number);
}

/**
 * The first record of a partition may be of an event that came again: then it does not say that those behind it were
 * recorded too.
 * @param beginning the first offset of the partition: records from there on are records from the beginning
 */
function withoutRedelivered(offsets: readonly number[], beginning: number): readonly number[] {
  const [first = beginning, second] = offsets;
  return first > beginning && second !== undefined && second > first + 1 ? offsets.slice(1) : offsets;
}
