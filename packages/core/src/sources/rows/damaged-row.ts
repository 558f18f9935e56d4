import type { RecoveryError } from '../../model/errors/recovery-error.js';
import type { DamageKind } from '../../model/log/log-damage.js';
import type { RowPlace } from './row-source.js';

/** A row that cannot be read, or that cannot become an event. */
export interface DamagedRow {
  readonly place: RowPlace;
  /** What reading it would have failed with. */
  readonly error: RecoveryError;
  /** The line as it stands in the file, without its line end; null where it is too long to keep, and where no line is. */
  readonly bytes: Uint8Array | null;
}

/** Is told of each damaged row, in the order of the file; reading then goes on behind it. */
export type OnDamagedRow = (damaged: DamagedRow) => void;

export function damageKindOf({ code }: RecoveryError): DamageKind {
  return code === 'size-limit-exceeded' ? 'oversized' : code === 'conflicting-events' ? 'contradiction' : 'unreadable';
}
