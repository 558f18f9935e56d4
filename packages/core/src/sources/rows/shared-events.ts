import { RecoveryError } from '../../model/errors/recovery-error.js';
import { describePartition, type PartitionId } from '../../model/log/partition-id.js';
import type { MappedEvent } from './event-mapping.js';
import { describeRowPlace, type RowPlace } from './row-source.js';

/** So many events that a file begins with are held against what is there. */
export const comparedEvents = 256;

/** Events that say neither when nor which they are may well be alike. */
export function tellsItself({ time, id }: Pick<MappedEvent, 'time' | 'id'>): boolean {
  return !Number.isNaN(time) || id !== null;
}

/** Whether an event may be one that is there, by the highest time that its partition has. */
export function mayBeThere(event: Pick<MappedEvent, 'time' | 'id'>, highest: number | null): boolean {
  return tellsItself(event) && (Number.isNaN(event.time) || (highest !== null && event.time <= highest));
}

/** Events that are there and that a file begins with too. */
export interface SharedEvents<T> {
  readonly first: T;
  readonly count: number;
  /** All that are looked at: there may be more of them. */
  readonly isAll: boolean;
}

/** Sees the events of a partition pass by, in the order of its log. */
export interface SharedEventsFinder<T> {
  /** Some that passed are the first ones of the file, up to the last that did. */
  readonly isRunning: boolean;
  /** The events that the file begins with, once all of them have passed. */
  take(event: T): SharedEvents<T> | null;
  /** No more events come: the ones that run until here are shared. */
  end(): SharedEvents<T> | null;
}

/**
 * Finds the first events of a file among those that are there, one behind the other: up to the last one that is there, or all that
 * are looked at. An event that is there and is followed by another one than in the file is none of them.
 * @param begins what the file begins with in the partition
 */
export function findSharedEvents<T>(begins: readonly T[], isSame: (a: T, b: T) => boolean): SharedEventsFinder<T> {
  let running: { readonly first: T; count: number }[] = [];
  return {
    get isRunning() {
      return running.length > 0;
    },
    take(event) {
      running = running.filter(({ count }) => isSame(begins[count] as T, event));
      for (const run of running) run.count++;
      if (begins.length > 0 && isSame(begins[0] as T, event)) running.push({ first: event, count: 1 });
      const [oldest] = running;
      return oldest?.count === begins.length ? { ...oldest, isAll: true } : null;
    },
    end() {
      const [oldest] = running;
      return oldest === undefined ? null : { ...oldest, isAll: false };
    },
  };
}

/**
 * @param where the events stand, for people: `in a file before it`
 */
export function eventsThereAlready(
  partition: PartitionId,
  place: RowPlace,
  { count, isAll }: Pick<SharedEvents<unknown>, 'count' | 'isAll'>,
  where: string,
  hint: string,
): RecoveryError {
  const events = `${isAll ? 'at least ' : ''}the first ${count === 1 ? 'event' : `${count} events`}`;
  return new RecoveryError(
    'offsets-out-of-order',
    `${describeRowPlace(place)}: ${events} of ${describePartition(partition)} in this file ${count === 1 ? 'is' : 'are'} ` +
      `${where} already, to the letter, and would count twice`,
    { hint, details: { ...place, topic: partition.topic, partition: partition.partition, events: count } },
  );
}

export function sameFile(file: string, earlier: string): RecoveryError {
  return new RecoveryError('offsets-out-of-order', `${file} has the content of ${earlier}, and would count twice`, {
    hint: 'leave one of them out; if all of it did happen twice, put both into one file',
    details: { file, earlier },
  });
}
