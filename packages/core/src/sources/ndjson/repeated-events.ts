import { createHash } from 'node:crypto';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { MappedEvent } from '../rows/event-mapping.js';
import { describeRowPlace, type RowPlace } from '../rows/row-source.js';
import { describePartition, type PartitionId } from '../../model/log/partition-id.js';
import { newPartitionTable } from '../../model/log/partition-table.js';

/** So many repeats are remembered at most: it is they that cost memory, not the events. */
const maxRepeats = 250_000;

/** Repeats of offsets, held against the first copy of each when that is read again. */
export interface RepeatedEvents {
  readonly count: number;
  /**
   * @returns where an earlier repeat stands that this one contradicts; null where there is none
   * @throws RecoveryError `offsets-out-of-order` for too many
   */
  remember(event: MappedEvent, place: RowPlace): RowPlace | null;
  /** @returns where a repeat stands that contradicts this first copy; null where there is none */
  holdAgainst(event: MappedEvent): RowPlace | null;
}

interface Repeats extends PartitionId {
  readonly byOffset: Map<number, { readonly digest: string; readonly place: RowPlace }>;
}

export function newRepeatedEvents(): RepeatedEvents {
  const table = newPartitionTable<Repeats>();
  let count = 0;
  return {
    get count() {
      return count;
    },
    remember(event, place) {
      if (++count > maxRepeats) throw tooMany(place);
      const { source, topic, incarnation, partition } = event;
      let repeats = table.get(event);
      if (repeats === undefined) table.add((repeats = { source, topic, incarnation, partition, byOffset: new Map() }));
      const digest = contentDigest(event);
      const known = repeats.byOffset.get(event.offset);
      if (known === undefined) repeats.byOffset.set(event.offset, { digest, place });
      return known !== undefined && known.digest !== digest ? known.place : null;
    },
    holdAgainst(event) {
      const repeat = table.get(event)?.byOffset.get(event.offset);
      return repeat !== undefined && repeat.digest !== contentDigest(event) ? repeat.place : null;
    },
  };
}

/** Of an event without its offset: what it carries, and the partition that it is of. */
export function eventDigest(event: MappedEvent): string {
  return `${JSON.stringify([event.topic, event.partition])} ${contentDigest(event)}`;
}

/** Everything that the event carries, byte for byte where the row has the text. */
function contentDigest(event: MappedEvent): string {
  const { time, timeType, key, keyBytes, headers, id, valueKind, valueText, valueBytes, value } = event;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([time, timeType, key, headers, id, valueKind]));
  hash.update(keyBytes ?? '').update('\0');
  return hash.update(valueBytes ?? valueText ?? JSON.stringify(value ?? null)).digest('base64');
}

export function contradiction(event: MappedEvent, first: RowPlace, second: RowPlace): RecoveryError {
  const name = `${describePartition(event)}@${event.offset}`;
  return new RecoveryError(
    'conflicting-events',
    `${name} is there twice with different content: ${describeRowPlace(first)} and ${describeRowPlace(second)}`,
    {
      hint: 'which of them is right is not for a recovery to guess: take the wrong one out of the files',
      details: { partition: event.partition, offset: String(event.offset), first, second },
    },
  );
}

function tooMany(place: RowPlace): RecoveryError {
  return new RecoveryError(
    'offsets-out-of-order',
    `${describeRowPlace(place)}: more than ${maxRepeats} events are there more than once`,
    {
      hint: 'put the files together once with: eventmend archive import',
      details: { ...place },
    },
  );
}
