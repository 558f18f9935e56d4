import type { ExternalRecord } from '../../model/records/external-record.js';
import { absoluteDecimal } from '../../model/records/decimal.js';
import type { ExternalRecords } from '../../sources/records/open-external-records.js';
import type { MatchOutcome } from '../matching/match-outcome.js';
import { hashOf } from '../matching/spill.js';

/** What matching made of a row; `alone` where it found no event that the row can be. */
export type RowFate = 'alone' | 'alreadyKnown' | 'doubtful' | 'repeated' | 'contradicting';

const fates = [null, 'alone', 'alreadyKnown', 'doubtful', 'repeated', 'contradicting'] as const;
const fateOfOutcome = {
  matched: 'alreadyKnown',
  doubtful: 'doubtful',
  'ambiguous-record': 'doubtful',
  twice: 'repeated',
  contradicting: 'contradicting',
  'only-in-records': 'alone',
  'not-comparable': 'alone',
} as const;

/** Remembers of each row what became of it, in a byte. */
export class RowFates {
  #codes = new Uint8Array(1024);
  readonly #contradicted = new Set<number>();
  readonly #reversed = new Map<string, number>();
  #rows = 0;
  #checksum = 0;

  /** The same records, looked at as they pass. */
  watch(records: ExternalRecords): ExternalRecords {
    const see = (record: ExternalRecord) => {
      this.see(record);
    };
    return {
      location: records.location,
      async *read() {
        for await (const batch of records.read()) {
          batch.forEach(see);
          yield batch;
        }
      },
    };
  }

  see(record: ExternalRecord): void {
    this.#rows++;
    this.#checksum = (this.#checksum + checksumOf(record)) >>> 0;
    if (!record.reversal) return;
    for (const name of reversalNames(record)) {
      this.#reversed.set(name, Math.max(this.#reversed.get(name) ?? -Infinity, record.time ?? Infinity));
    }
  }

  take(outcome: MatchOutcome): void {
    if (!('record' in outcome)) return;
    const { record, kind } = outcome;
    if (record >= this.#codes.length) {
      const grown = new Uint8Array(Math.max(record + 1, this.#codes.length * 2));
      grown.set(this.#codes);
      this.#codes = grown;
    }
    this.#codes[record] = fates.indexOf(fateOfOutcome[kind]);
    if (outcome.kind === 'contradicting') this.#contradicted.add(outcome.first);
  }

  /** Null for a row that stands for no event: a reversal, or one of another type. */
  of(record: ExternalRecord): RowFate | null {
    const fate = fates[this.#codes[record.seq] ?? 0] ?? null;
    return fate === 'alone' && this.#contradicted.has(record.seq) ? 'contradicting' : fate;
  }

  /** A later row takes one like it back. */
  mayBeReversed(record: ExternalRecord): boolean {
    return reversalNames(record).some((name) => (record.time ?? -Infinity) <= (this.#reversed.get(name) ?? NaN));
  }

  /** Whether a second reading gave the same rows. */
  sameAs(other: RowFates): boolean {
    return this.#rows === other.#rows && this.#checksum === other.#checksum;
  }
}

/** By what a reversal may name the row that it takes back. */
function reversalNames({ id, key, amount }: ExternalRecord): readonly string[] {
  return [
    ...(id === null ? [] : [id]),
    ...(key === null || amount === null ? [] : [`${key}\u0000${absoluteDecimal(amount)}`]),
  ];
}

function checksumOf({ seq, id, key, time, amount, type }: ExternalRecord): number {
  return hashOf(`${seq}\u0000${id ?? ''}\u0000${key ?? ''}\u0000${time ?? ''}\u0000${amount ?? ''}\u0000${type ?? ''}`);
}
