const smallest = 1;
const largest = 8192;
const shortMs = 50;
const longMs = 200;

/**
 * How many events go into the next batch: as many as take between 50 and 200 milliseconds, so that a way to another process
 * costs little and an event that does not end is found soon. It changes no result.
 */
export class BatchSize {
  #events = 16;

  get events(): number {
    return this.#events;
  }

  /** Notes how long a batch took. */
  note(events: number, ms: number): void {
    if (ms > longMs) this.#events = Math.max(smallest, Math.floor(Math.min(this.#events, events) / 2));
    else if (ms < shortMs && events >= this.#events) this.#events = Math.min(largest, this.#events * 4);
  }
}
