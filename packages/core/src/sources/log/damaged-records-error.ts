import type { ErrorCode } from '../../model/errors/error-catalogue.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { describePartition } from '../../model/log/partition-id.js';
import type { DamagedRecord, DamageKind, LogDamage } from '../../model/log/log-damage.js';

/** So many are named in the message; `details` has all that are described. */
const named = 10;

const codes: Readonly<Record<DamageKind, ErrorCode>> = {
  unreadable: 'unreadable-row',
  contradiction: 'conflicting-events',
  oversized: 'size-limit-exceeded',
  'broken-batch': 'corrupt-record-batch',
};

const hints: Readonly<Record<DamageKind, string>> = {
  unreadable: 'each line must be one whole JSON value that the mapping fits',
  contradiction: 'which of them is right is not for a recovery to guess: take the wrong one out of the files',
  oversized:
    'is the file really one JSON value a line? A JSON array in one line must be split first, e.g. with jq -c ".[]"',
  'broken-batch': 'fetch the records from another replica or a copy of the log',
};

/** All that cannot be read of a log, in one error: named by the first kind of damage, since that is met first. */
export function damagedRecordsError({ records, described }: LogDamage): RecoveryError {
  const first = described[0] as DamagedRecord;
  const lines = described.slice(0, named).map(describeDamagedRecord);
  const more = records > lines.length ? `; and ${(records - lines.length).toLocaleString('en-US')} more` : '';
  const count = records === 1 ? '' : `${records.toLocaleString('en-US')} records cannot be read: `;
  return new RecoveryError(codes[first.kind], `${count}${lines.join('; ')}${more}`, {
    hint: `${hints[first.kind]}; or park what cannot be read with poison: quarantine-event in the incident file`,
    details: { records, damaged: described },
  });
}

/** `orders[0]@17: events.ndjson, line 3 (byte 99): not JSON` */
export function describeDamagedRecord({ at, places, reason, kind }: DamagedRecord): string {
  const offsets = at === null ? '' : `${describePartition(at)}@${at.from}${at.to - at.from > 1 ? `-${at.to - 1}` : ''}`;
  if (kind === 'contradiction') return `${offsets} ${reason}: ${places.join(' and ')}`;
  return `${places.join(', ')}: ${reason}${offsets === '' ? '' : ` (${offsets})`}`;
}
