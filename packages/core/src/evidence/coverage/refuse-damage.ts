import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { DamagedRecord } from '../../model/log/log-damage.js';
import type { PoisonPolicy } from '../../model/plan/plan.js';
import { describeDamagedRecord } from '../../sources/log/damaged-records-error.js';
import { damagedOf, describeGap, type PartitionCover, type ReplayGap } from './cover-partitions.js';
import type { LogSurvey } from './survey-logs.js';

/** So many are named in the message; `details` has all that the logs describe. */
const named = 10;

/**
 * Refuses a plan whose way leads over records that no log can give, unless the policy parks them.
 * @throws RecoveryError `damaged-records` with the whole list
 */
export function refuseDamage(survey: LogSurvey, cover: readonly PartitionCover[], poison: PoisonPolicy): void {
  const damaged = damagedOf(cover);
  if (damaged.length === 0 || poison !== 'stop') return;
  const records = survey.logs.flatMap(({ description }) => description.damage?.described ?? []);
  const met = records.filter((record) => isAmong(record, damaged));
  const offsets = damaged.reduce((sum, { from, to }) => sum + to - from, 0);
  const lines = (met.length > 0 ? met.map(describeDamagedRecord) : damaged.map(describeGap)).slice(0, named);
  const more = offsets > lines.length ? `; and ${(offsets - lines.length).toLocaleString('en-US')} more` : '';
  const count = `${offsets.toLocaleString('en-US')} ${offsets === 1 ? 'offset holds a record' : 'offsets hold records'}`;
  throw new RecoveryError('damaged-records', `${count} that cannot be read: ${lines.join('; ')}${more}`, {
    hint: 'name another log or archive that has them, correct the files, or park them with poison: quarantine-event',
    details: { offsets, damaged: met },
  });
}

/** One that nothing places is among all. */
function isAmong({ at }: DamagedRecord, damaged: readonly ReplayGap[]): boolean {
  if (at === null) return true;
  return damaged.some(
    ({ topic, partition, from, to }) =>
      topic === at.topic && partition === at.partition && at.from < to && from < at.to,
  );
}
