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
