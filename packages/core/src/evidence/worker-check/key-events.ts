import type { LaneObserver } from '../../engine/fold/lane-observer.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';

/** Which events have named a key since the last comparison. */
export interface KeyEvents {
  readonly count: number;
  readonly first: RecordedEventRef;
  readonly last: RecordedEventRef;
}

interface Span {
  epoch: number;
  count: number;
  firstTopic: string;
  firstPartition: number;
  firstOffset: number;
  lastTopic: string;
  lastPartition: number;
  lastOffset: number;
}

/**
 * Remembers for each key its events since the last comparison, so that a wrong state can be traced to the few events that
 * may have made it so. Memory follows the number of keys.
 */
export class KeyEventSpans implements LaneObserver {
  readonly #spans = new Map<string, Span>();
  #epoch = 0;

  readonly applied: LaneObserver['applied'] = ({ topic, partition, offset }, _, entries) => {
    for (let index = 0; index < entries.length; index++) {
      const { key } = entries[index] as { readonly key: string };
      let span = this.#spans.get(key);
      if (span === undefined) this.#spans.set(key, (span = emptySpan()));
      if (span.epoch !== this.#epoch) {
        span.epoch = this.#epoch;
        span.count = 0;
        span.firstTopic = topic;
        span.firstPartition = partition;
        span.firstOffset = offset;
      }
      span.count++;
      span.lastTopic = topic;
      span.lastPartition = partition;
      span.lastOffset = offset;
    }
  };

  readonly parked: LaneObserver['parked'] = () => undefined;

  /** Null where no event has named the key since. */
  of(key: string): KeyEvents | null {
    const span = this.#spans.get(key);
    if (span === undefined || span.epoch !== this.#epoch) return null;
    return {
      count: span.count,
      first: { topic: span.firstTopic, partition: span.firstPartition, offset: span.firstOffset },
      last: { topic: span.lastTopic, partition: span.lastPartition, offset: span.lastOffset },
    };
  }

  /** All states were compared: what follows counts anew. */
  passComparison(): void {
    this.#epoch++;
  }
}

function emptySpan(): Span {
  return {
    epoch: -1,
    count: 0,
    firstTopic: '',
    firstPartition: 0,
    firstOffset: 0,
    lastTopic: '',
    lastPartition: 0,
    lastOffset: 0,
  };
}
