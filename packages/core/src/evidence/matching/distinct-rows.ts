import { contentOf, type EventRow, type RecordRow } from './match-rows.js';
import type { OutcomeTally } from './tally-outcomes.js';

/** Of events with one id the first of each type; the others are copies of them. */
export function distinctEvents(events: readonly EventRow[], outcomes: OutcomeTally): readonly EventRow[] {
  const types = new Set<string>();
  const [distinct, repeated]: [EventRow[], EventRow[]] = [[], []];
  for (const row of events) {
    (types.has(row[6]) ? repeated : distinct).push(row);
    types.add(row[6]);
  }
  for (const event of repeated) outcomes.repeatedEvent(event);
  return distinct;
}

/** Of rows with one id the first of each content; the others say something twice, or contradict it. */
export function distinctRecords(records: readonly RecordRow[], outcomes: OutcomeTally): readonly RecordRow[] {
  const [first, ...others] = records;
  if (first === undefined) return [];
  for (const row of others) {
    if (contentOf(row) === contentOf(first)) outcomes.twice(row);
    else outcomes.contradicting(row, first);
  }
  return [first];
}
