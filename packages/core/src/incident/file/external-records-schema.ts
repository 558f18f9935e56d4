import type { z } from 'zod';
import { checkExternalRecords } from './check-external-records.js';
import { externalRecordsShape, listOf, withinOf } from './external-records-shape.js';
import { parseInstant } from './instant.js';

/** What another system recorded, as it is written under `records`. */
export const externalRecordsConfig = externalRecordsShape.superRefine(checkExternalRecords);

export type ExternalRecordsDocument = z.infer<typeof externalRecordsConfig>;

/** Whether two sources may make an event of the same lost one. */
export function mayMakeTheSame(one: ExternalRecordsDocument, other: ExternalRecordsDocument): boolean {
  if (one.event === undefined || other.event === undefined) return false;
  const topicOf = ({ event: made, stands_for: claim }: ExternalRecordsDocument) => made?.topic ?? claim?.topic;
  if (topicOf(one) !== topicOf(other)) return false;
  const [types, others] = [one, other].map(({ stands_for: claim }) =>
    claim?.types === undefined ? null : listOf(claim.types),
  );
  if (types && others && !types.some((type) => others.includes(type))) return false;
  const endsBefore = (first: ExternalRecordsDocument, second: ExternalRecordsDocument) => {
    const [until, from] = [parseInstant(first.until ?? ''), parseInstant(second.from ?? '')];
    if (until === null || from === null) return false;
    // An event between them can be early in the one and late in the other.
    const early = withinOf(first.stands_for?.match.within)?.earlier ?? Infinity;
    const late = withinOf(second.stands_for?.match.within)?.later ?? Infinity;
    return until + early + late < from;
  };
  return !endsBefore(one, other) && !endsBefore(other, one);
}
