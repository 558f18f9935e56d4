import type { RecoveryError } from '../../../model/errors/recovery-error.js';
import { offsetsAreAssigned, type CompiledMapping } from '../../rows/compile-mapping.js';
import { damageKindOf } from '../../rows/damage-kind.js';
import type { DamageLimits } from '../../rows/damage-limits.js';
import { damagedRows, offsetsUnknown, reasonOfDamage, type DamagedPlace } from '../../rows/damaged-rows.js';
import type { MappedEvent } from '../../rows/event-mapping.js';
import type { MappingState } from '../../rows/mapping-state.js';
import { describeRowPlace, type DamagedRow, type OnDamagedRow, type RowBatch } from '../../rows/row-source.js';
import type { ArchiveWriter } from '../archive-writer.js';

/** Keeps rows that cannot become events, each between the events beside it. */
export interface KeptRows {
  readonly count: number;
  /** Of these, rows that do not tell where they belong. */
  readonly unplaced: number;
  readonly take: OnDamagedRow;
  /** Whether rows that the reader told of wait for the row behind them. */
  readonly isWaiting: boolean;
  /** Keeps what the reader told of and what stands in front of this row. */
  keepBefore(batch: RowBatch, index: number): void;
  /** Keeps what stands behind the last row. */
  keepRest(): void;
  /** A row that was read and cannot be mapped. */
  keepRow(batch: RowBatch, index: number, error: RecoveryError): void;
  /** A row whose event the archive does not take. */
  keepEvent(batch: RowBatch, index: number, event: MappedEvent, error: RecoveryError): void;
}

/**
 * @throws RecoveryError where offsets are assigned and a damaged row does not tell its partition, and where more is damaged
 *   than the limits allow
 */
export function keepDamagedRows({
  writer,
  mapping,
  state,
  limits,
}: {
  readonly writer: ArchiveWriter;
  readonly mapping: CompiledMapping;
  readonly state: MappingState;
  readonly limits: DamageLimits;
}): KeptRows {
  const assigned = offsetsAreAssigned(mapping);
  let count = 0;
  let unplaced = 0;

  function keep(row: DamagedRow, at: DamagedPlace | null): void {
    if (at === null && assigned) throw offsetsUnknown(row.error);
    count++;
    if (at === null) unplaced++;
    writer.addDamage({
      kind: damageKindOf(row.error),
      at: at === null ? null : rangeOf(at),
      place: describeRowPlace(row.place),
      reason: reasonOfDamage(row),
      form: 'line',
      raw: row.bytes,
      ...(at === null && { behind: writer.reached() }),
    });
  }

  const damaged = damagedRows(mapping, state, keep, limits);
  return {
    get count() {
      return count;
    },
    get unplaced() {
      return unplaced;
    },
    take: damaged.take,
    get isWaiting() {
      return damaged.isWaiting;
    },
    keepBefore: damaged.tellBefore,
    keepRest: damaged.tellRest,
    keepRow: damaged.tellRow,
    keepEvent(batch, index, event, error) {
      limits.add(error, true);
      keep({ place: batch.place(index), error, bytes: batch.bytes(index) }, event);
    },
  };
}

function rangeOf({ source, topic, incarnation, partition, offset }: DamagedPlace) {
  return { source, topic, incarnation, partition, from: offset, to: offset + 1 };
}
