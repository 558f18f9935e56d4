import type { RecoveryError } from '../../model/errors/recovery-error.js';
import type { DamageKind } from '../../model/log/log-damage.js';

export function damageKindOf({ code }: RecoveryError): DamageKind {
  return code === 'size-limit-exceeded' ? 'oversized' : code === 'conflicting-events' ? 'contradiction' : 'unreadable';
}
