import { RecoveryError, type Position } from '@eventmend/core';
import {
  beginningOf,
  coverPartitions,
  endOf,
  lostOf,
  partitionKey,
  type ExaminedSnapshot,
  type Examination,
  type PreparedInputs,
} from '@eventmend/core/engine';
import type { RecordSurvey } from './records/survey-records.js';

/** Where a diagnosis begins: with states that are known to be right, in front of what the records speak of. */
export interface DiagnosisStart {
  readonly position: Position;
  /** Null for the beginning of the log. */
  readonly snapshot: ExaminedSnapshot | null;
}

/**
 * The latest proven (or declared) snapshot from in front of the records; one from behind their beginning where there is no
 * other, since later records are better than none; else the beginning of the log, where the log reaches back to it.
 * @param witnessedFrom by place of the position: the first offset that the records speak of, null where that is not known
 * @returns null where nothing is known to be right
 */
function chooseStart(
  examined: readonly ExaminedSnapshot[],
  witnessedFrom: readonly (number | null)[],
  beginning: Position | null,
): DiagnosisStart | null {
  const usable = examined.filter(({ finding }) => finding.finding === 'proven' || finding.finding === 'declared');
  const before = usable.findLast(({ candidate }) => isBefore(candidate.position, witnessedFrom));
  const found = before ?? (beginning === null ? usable[0] : undefined);
  if (found !== undefined) return { position: withOrder(found), snapshot: found };
  return beginning === null ? null : { position: beginning, snapshot: null };
}

function isBefore(position: Position, witnessedFrom: readonly (number | null)[]): boolean {
  return position.every(({ next }, place) => next <= (witnessedFrom[place] ?? Infinity));
}

/** A proof knows the state of the order at the snapshot. */
function withOrder({ candidate, order }: ExaminedSnapshot): Position {
  return candidate.position.map((part, place) => {
    const at = order[place];
    return at === undefined
      ? part
      : { ...part, order: { watermark: at.watermark ?? -Infinity, clock: at.clock ?? -Infinity } };
  });
}

/** @throws RecoveryError `no-trusted-state` where no state is known to be right */
export function requireStart(
  { survey, facts }: PreparedInputs,
  { examined }: Examination,
  { witnessedFrom }: RecordSurvey,
): DiagnosisStart {
  const beginning = beginningOf(survey);
  const lost = new Set(lostOf(coverPartitions(survey, beginning, endOf(survey))).map(partitionKey));
  const start = chooseStart(examined, witnessedFrom, lost.size === 0 ? beginning : null);
  if (start !== null) return start;
  // What one partition lacks says nothing of the others, where events touch keys of their own partition only.
  if (facts.locality === 'partition' && lost.size < survey.partitions.length)
    return { position: beginning, snapshot: null };
  throw new RecoveryError(
    'no-trusted-state',
    'there is no state that is known to be right to begin the diagnosis with',
    {
      hint: 'name an archive that reaches back to the beginning of the log, or declare a snapshot from before the error trusted',
    },
  );
}
