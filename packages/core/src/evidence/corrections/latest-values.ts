import type { RecordOrder, RecordedOutput } from '../../model/records/recorded-outputs.js';
import type { OutputValues } from '../compare/output-values.js';
import type { CorrectionFinding } from './finding.js';
import type { IntendedEvent } from './intended-events.js';

/** A record of a key for which nothing is intended, and where its retraction belongs. */
interface Orphan {
  readonly place: number;
  readonly finding: CorrectionFinding;
}

/** What is known of one output and key of kind `latest`. */
export interface LatestValue {
  /** The last intended one; `same` where a record of this very output has its value. */
  readonly intended: { readonly event: IntendedEvent; readonly slot: number; readonly same: boolean } | null;
  /** The last recorded one. */
  readonly record: { readonly value: unknown; readonly seq: number } | null;
  readonly orphan: Orphan | null;
  /** A record of an event beyond the target stands. */
  readonly hasNewer: boolean;
  /** All records have one value. */
  readonly oneValue: boolean;
  /** The partition that all records are of; null for several. */
  readonly partition: number | null;
}

const nothing: LatestValue = {
  ...{ intended: null, record: null, orphan: null, hasNewer: false, oneValue: true, partition: null },
};

/**
 * Follows the last value of each output and key: only that one matters to whoever receives latest values. Memory follows
 * the keys, as that of a state does.
 */
export class LatestValues {
  readonly #outputValues: OutputValues;
  readonly #values = new Map<string, LatestValue>();

  constructor(outputValues: OutputValues) {
    this.#outputValues = outputValues;
  }

  /** Places may come in any order. */
  intended(event: IntendedEvent, slot: number, same: boolean): void {
    const { output = '', key = '' } = event.outputs[slot] ?? {};
    const known = this.#get(output, key);
    const last = known.intended;
    const isOlder = last !== null && (event.place < last.event.place || (event === last.event && slot < last.slot));
    if (!isOlder) this.#set(output, key, { ...known, intended: { event, slot, same } });
  }

  /** @param key of the output that the record is of, where the record says none */
  record({ output, value, seq }: RecordedOutput, key: string, partition: number): void {
    const known = this.#get(output, key);
    const { record } = known;
    this.#set(output, key, {
      ...known,
      record: record === null || seq > record.seq ? { value, seq } : record,
      oneValue: record === null || (known.oneValue && this.#outputValues.same(output, record.value, value)),
      partition: record === null || known.partition === partition ? partition : null,
    });
  }

  newer(output: string, key: string): void {
    this.#set(output, key, { ...this.#get(output, key), hasNewer: true });
  }

  orphan({ output, key, seq }: RecordedOutput, orphan: Orphan): void {
    const known = this.#get(output, key ?? '');
    if (known.record?.seq === seq) this.#set(output, key ?? '', { ...known, orphan });
  }

  values(): Iterable<LatestValue> {
    return this.#values.values();
  }

  #get(output: string, key: string): LatestValue {
    return this.#values.get(JSON.stringify([output, key])) ?? nothing;
  }

  #set(output: string, key: string, value: LatestValue): void {
    this.#values.set(JSON.stringify([output, key]), value);
  }
}

/** True where it can be told which record of the key is the newest. */
export function knowsNewest({ oneValue, partition }: LatestValue, order: RecordOrder): boolean {
  return oneValue || order === 'handling' || (order === 'partition' && partition !== null);
}
