import type { Gap } from '../accounts/partition-ledger.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { describePartition } from '../../model/log/partition-id.js';

/** What stops a replay at offsets that may have held events and are not there. */
export function gapError(gap: Gap): RecoveryError {
  const where = describePartition(gap.id);
  return new RecoveryError(
    'gap-during-read',
    `${where} has no events from offset ${gap.from} to ${gap.to - 1} (${gap.reason})`,
    {
      hint: 'plan again; with --accept-gaps the recovery goes on and its result is called incomplete',
      details: { partition: where, from: String(gap.from), to: String(gap.to), reason: gap.reason },
    },
  );
}

/** What stops a replay at records that cannot be read. */
export function damagedError(gap: Gap): RecoveryError {
  const where = describePartition(gap.id);
  const offsets =
    gap.to - gap.from === 1
      ? `@${gap.from} cannot be read`
      : ` cannot be read from offset ${gap.from} to ${gap.to - 1}`;
  return new RecoveryError('damaged-records', `${where}${offsets}`, {
    hint: 'name another log or archive that has these events, or park them with poison: quarantine-event',
    details: { partition: where, from: String(gap.from), to: String(gap.to) },
  });
}
