import type { PreparedInputs, RecordedDescription } from '@eventmend/core/engine';
import type { DiagnosisStart } from './choose-start.js';
import type { JudgedOrder } from './follow/follow-request.js';
import type { RecordSurvey } from './records/survey-records.js';

/** What the service's order is held against: across partitions only an explicit order is one that it had to keep. */
export function judgedOrder(
  { orderIsExplicit, facts, survey }: PreparedInputs,
  described: readonly (RecordedDescription | null)[],
): JudgedOrder {
  if (facts.locality === 'partition' || survey.partitions.length === 1) return 'canonical';
  const handling = described.every((one) => one === null || one.order === 'handling');
  return orderIsExplicit && handling ? 'canonical' : 'partition';
}

/** True where the ledger speaks of every partition from the start on. */
export function reachesBack({ witnessedFrom }: RecordSurvey, { position }: DiagnosisStart): boolean {
  return position.every(({ next }, place) => (witnessedFrom[place] ?? Infinity) <= next);
}

/** An order by time over several partitions is one that the service need not have kept. */
export function isWalkedApart(
  { situation, survey }: PreparedInputs,
  described: readonly (RecordedDescription | null)[],
  { recordsBy }: RecordSurvey,
): boolean {
  if (survey.partitions.length === 1 || recordsBy === 'id') return false;
  const handling = described.every((one) => one === null || one.order === 'handling');
  return situation.order.by === 'time' || !handling;
}
