import type { Decimal } from '../../model/records/decimal.js';
import type { EventRow, Group, RecordRow } from './match-rows.js';
import type { MatchRule } from './match-rule.js';
import { settleCandidates } from './settle-candidates.js';
import type { OutcomeTally } from './tally-outcomes.js';

/** Rows and events of one key, amount and type, as far as the rule names them. */
export function settleGroup(
  { records, events }: Group,
  { within, key, amount }: MatchRule,
  outcomes: OutcomeTally,
): void {
  if (within === null) throw new Error('without a tolerance nothing is matched by time');
  const whole = (of: string | null, much: Decimal | null, time: number | null) =>
    time !== null && (key === null || of !== null) && (amount === null || much !== null);
  const [record, event] = [records[0], events[0]];
  if (record !== undefined && event !== undefined && records.length === 1 && events.length === 1) {
    // So it is nearly always, and then there is nothing to settle.
    const late = (record[3] ?? NaN) - (event[4] ?? NaN);
    const complete = whole(record[2], record[4], record[3]) && whole(event[3], event[5], event[4]);
    if (complete && late <= within.later && -late <= within.earlier && (record[1] === null || event[2] === null)) {
      outcomes.matchedByTime(record, event);
      return;
    }
  }
  const [left, right]: [RecordRow[], EventRow[]] = [[], []];
  for (const row of records) {
    if (whole(row[2], row[4], row[3])) left.push(row);
    else outcomes.notComparable(row);
  }
  for (const row of events) {
    if (whole(row[3], row[5], row[4])) right.push(row);
    else outcomes.ambiguousEvent(row);
  }
  const settled = settleCandidates(
    left.map((row) => ({ time: row[3] as number, id: row[1], type: row[5] })),
    right.map((row) => ({ time: row[4] as number, id: row[2], type: row[6] })),
    within,
  );
  for (const [record, event] of settled.pairs) {
    outcomes.matchedByTime(left[record] as RecordRow, right[event] as EventRow);
  }
  for (const { record, twice } of settled.recordsAlone) {
    if (twice) outcomes.twice(left[record] as RecordRow);
    else outcomes.onlyInRecords(left[record] as RecordRow);
  }
  for (const event of settled.eventsAlone) outcomes.missing(right[event] as EventRow);
  for (const record of settled.ambiguousRecords) outcomes.ambiguousRecord(left[record] as RecordRow);
  settled.ambiguousEvents.forEach((event, index) => {
    outcomes.ambiguousEvent(right[event] as EventRow, index < settled.ambiguousPairs);
  });
}
