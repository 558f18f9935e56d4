import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { Offset } from '../../model/event/offset.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { CompiledMapping } from './compile-mapping.js';
import type { DamageLimits } from './damage-limits.js';
import { rowForMapping } from './inexact-rows.js';
import { takeOffset, type MappingState } from './mapping-state.js';
import { describeRowPlace, type DamagedRow, type OnDamagedRow, type RowBatch } from './row-source.js';
import { identityOfRow, salvageIdentity, type SalvagedIdentity } from './salvage-identity.js';

/** Where the event of a damaged row belongs. */
export type DamagedPlace = PartitionId & { readonly offset: Offset };

/** Rows that cannot become events, each told of between the rows beside it. */
export interface DamagedRows {
  /** What the reader tells of; it reads ahead, so these wait for their turn. */
  readonly take: OnDamagedRow;
  /** Whether some wait. */
  readonly isWaiting: boolean;
  /** Tells of what stands in front of this row. */
  tellBefore(batch: RowBatch, index: number): void;
  /** Tells of what stands behind the last row. */
  tellRest(): void;
  /** A row that was read and cannot be mapped. */
  tellRow(batch: RowBatch, index: number, error: RecoveryError): void;
}

interface Waiting {
  readonly row: DamagedRow;
  readonly identity: SalvagedIdentity | null;
}

/**
 * The state is moved on where offsets are assigned: a row that cannot be read has one too, so that those behind it keep theirs.
 * @param tell `at` is null for a row that does not tell where it belongs
 */
export function damagedRows(
  mapping: CompiledMapping,
  state: MappingState,
  tell: (row: DamagedRow, at: DamagedPlace | null) => void,
  limits: DamageLimits | null = null,
): DamagedRows {
  let waiting: Waiting[] = [];
  let told = 0;

  function tellOf({ row, identity }: Waiting): void {
    if (identity === null) tell(row, null);
    else tell(row, { ...identity, offset: identity.offset ?? takeOffset(state, identity.topic, identity.partition) });
  }

  function tellUpTo(number: number): void {
    for (let next = waiting[told]; next !== undefined && next.row.place.number < number; next = waiting[++told]) {
      tellOf(next);
    }
    if (told < waiting.length) return;
    waiting = [];
    told = 0;
  }

  return {
    get isWaiting() {
      return waiting.length > 0;
    },
    take(row) {
      const identity = salvageIdentity(row, mapping);
      // At once: of a file that is something else, nobody has to wait for the end.
      limits?.add(row.error, identity !== null);
      waiting.push({ row, identity });
    },
    tellBefore(batch, index) {
      if (waiting.length > 0) tellUpTo(batch.place(index).number);
    },
    tellRest() {
      tellUpTo(Infinity);
    },
    tellRow(batch, index, error) {
      const place = batch.place(index);
      const identity = identityOfRow(rowForMapping(batch, index, mapping.numbers), mapping, () => place);
      limits?.add(error, identity !== null);
      tellOf({ row: { place, error, bytes: batch.bytes(index) }, identity });
    },
  };
}

/** Why a row is damaged, without the place where it stands. */
export function reasonOfDamage({ place, error: { message } }: Pick<DamagedRow, 'place' | 'error'>): string {
  const where = `${describeRowPlace(place)}: `;
  return message.startsWith(where) ? message.slice(where.length) : message;
}

/** A row that does not tell its partition may have taken an offset of any: those behind it cannot be numbered. */
export function offsetsUnknown({ message, code, details }: RecoveryError): RecoveryError {
  return new RecoveryError(code, `${message}; offsets are assigned, and nothing tells the partition of this row`, {
    hint: 'repair the row or take it out of the file: without it nobody knows the offsets of the rows behind it',
    details: { ...details },
  });
}
