import type { RecordedDescription } from '../../model/records/recorded-outputs.js';
import type { IntendedEvent } from './intended-events.js';

type Kept = Pick<RecordedDescription, 'order' | 'from' | 'until'>;

/**
 * Of which events the records were kept. Where the user gave the moments, those decide. Otherwise a partition's stretch
 * runs from the event of its first record to the last event that it has a record of; where the service must have handled
 * everything in one known order, from the first record of all to the last one.
 */
export class RecordedStretch {
  readonly #kept: Kept;
  readonly #orderIsKnown: boolean;
  readonly #first: (number | undefined)[] = [];
  readonly #last: (number | undefined)[] = [];
  #firstPlace = Infinity;
  #lastPlace = -Infinity;

  constructor(kept: Kept, orderIsKnown: boolean) {
    this.#kept = kept;
    this.#orderIsKnown = orderIsKnown;
  }

  get order(): Kept['order'] {
    return this.#kept.order;
  }

  /** Called for each record in the order of the records. */
  note(partition: number, offset: number): void {
    const first = this.#first[partition];
    if (first === undefined || (this.#kept.order === 'unknown' && offset < first)) this.#first[partition] = offset;
    const last = this.#last[partition];
    if (last === undefined || offset > last) this.#last[partition] = offset;
  }

  /** Called for each event that has a record of one of its outputs. */
  notePlace(place: number): void {
    if (this.#firstPlace === Infinity) this.#firstPlace = place;
    if (place > this.#lastPlace) this.#lastPlace = place;
  }

  /** True where it is certain already that the event was handled before anything was kept. */
  isOver(partition: number, offset: number): boolean {
    const first = this.#first[partition];
    return this.#kept.from === null && this.#kept.order !== 'unknown' && first !== undefined && offset < first;
  }

  /** The same for an intended event, whose time is known. */
  isBefore({ partition, offset, time }: IntendedEvent): boolean {
    return this.#kept.from === null ? this.isOver(partition, offset) : (time ?? -Infinity) < this.#kept.from;
  }

  /** True where the event was handled after the first record, if it was handled. Asked behind the last record. */
  hasBegun(event: IntendedEvent): boolean {
    if (this.#kept.from !== null) return !this.isBefore(event);
    const first = this.#first[event.partition];
    if (first !== undefined) return event.offset >= first;
    return this.#orderIsKnown && this.#kept.order === 'handling' && event.place >= this.#firstPlace;
  }

  /** True where the service had come to the event by the last record. Asked behind the last record. */
  reaches({ partition, offset, time, place }: IntendedEvent): boolean {
    const last = this.#last[partition];
    if (last !== undefined && offset <= last) return true;
    if (this.#kept.until !== null) return time !== null && time <= this.#kept.until;
    return this.#orderIsKnown && place <= this.#lastPlace;
  }

  covers(event: IntendedEvent): boolean {
    return this.hasBegun(event) && this.reaches(event);
  }
}
