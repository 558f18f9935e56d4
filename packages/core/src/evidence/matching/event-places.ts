import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import type { EventRow } from './match-rows.js';

/** Numbers for the partitions of events, so that a row need not name them. */
export class EventPlaces {
  readonly #places: { readonly topic: string; readonly partition: number }[] = [];

  /** Events come partition by partition. */
  placeOf(topic: string, partition: number): number {
    const last = this.#places.at(-1);
    if (last?.topic === topic && last.partition === partition) return this.#places.length - 1;
    const known = this.#places.findIndex((place) => place.topic === topic && place.partition === partition);
    return known === -1 ? this.#places.push({ topic, partition }) - 1 : known;
  }

  refOf([place, offset]: EventRow): RecordedEventRef {
    const { topic = '', partition = 0 } = this.#places[place] ?? {};
    return { topic, partition, offset };
  }
}
