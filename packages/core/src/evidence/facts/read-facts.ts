import { fieldAt, type FactField } from '../../model/records/state-fact.js';
import { readRecordEvents } from '../../sources/records/open-external-records.js';
import type { FactsConfig } from './facts-config.js';

/** What a row says of the state of a key. */
export interface StatedFact {
  /** The name of the source. */
  readonly source: string;
  /** Where the row stands there: the line of NDJSON, else the row, from 1. */
  readonly row: number;
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly content: FactContent;
}

type FactContent = { readonly state: unknown } | { readonly fields: readonly FactField[] };

/**
 * Reads what all rows of a source say, and keeps it in memory.
 * @throws RecoveryError `invalid-field` for a row that is not what its mapping says; what opening the rows throws
 */
export async function readFacts(
  { name, rows, mapping, template, fields }: FactsConfig,
  limit = Infinity,
): Promise<readonly StatedFact[]> {
  const facts: StatedFact[] = [];
  for await (const batch of readRecordEvents(rows, mapping, template, () => true)) {
    for (const { record, event, place } of batch) {
      if (facts.length >= limit) return facts;
      const value = JSON.parse(event.value) as unknown;
      const content: FactContent =
        fields === null
          ? { state: value }
          : { fields: fields.map((path): FactField => [path, fieldAt(value, path) ?? null]) };
      facts.push({ source: name, row: place.number, key: record.key ?? '', time: record.time ?? NaN, content });
    }
  }
  return facts;
}
