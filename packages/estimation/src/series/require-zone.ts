import { RecoveryError } from '@eventmend/core';
import { isTimeZone } from '@eventmend/core/rows';

/** @throws RecoveryError `invalid-argument` for a zone that this Node does not know */
export function requireZone(zone: string): void {
  if (isTimeZone(zone)) return;
  throw new RecoveryError('invalid-argument', `${JSON.stringify(zone)} is no time zone`, {
    hint: 'give one such as Europe/Berlin',
  });
}
