import { RecoveryError } from '../../../model/errors/recovery-error.js';
import type { Offset } from '../../../model/event/offset.js';
import type { PartitionId } from '../../../model/log/partition-id.js';
import type { CompiledMapping } from '../../rows/compile-mapping.js';
import { damageKindOf } from '../../rows/damage-kind.js';
import type { DamagedRow, OnDamagedRow } from '../../rows/row-source.js';
import type { MappedEvent } from '../../rows/event-mapping.js';
import { takeOffset, type MappingState } from '../../rows/mapping-state.js';
import { describeRowPlace, type RowBatch } from '../../rows/row-source.js';
import { identityOfRow, salvageIdentity, type SalvagedIdentity } from '../../rows/salvage-identity.js';
import type { ArchiveWriter } from '../archive-writer.js';

/** Keeps rows that cannot become events, each between the events beside it. */
export interface KeptRows {
  readonly count: number;
  readonly take: OnDamagedRow;
  /** Keeps what the reader told of and what stands in front of this row. */
  keepBefore(batch: RowBatch, index: number): void;
  /** Keeps what stands behind the last row. */
  keepRest(): void;
  /** A row that was read and cannot be mapped. */
  keepRow(batch: RowBatch, index: number, error: RecoveryError): void;
  /** A row whose event the archive does not take. */
  keepEvent(batch: RowBatch, index: number, event: MappedEvent, error: RecoveryError): void;
}

/** @throws RecoveryError where offsets are assigned and a damaged row does not tell its partition */
export function keepDamagedRows({
  writer,
  mapping,
  state,
}: {
  readonly writer: ArchiveWriter;
  readonly mapping: CompiledMapping;
  readonly state: MappingState;
}): KeptRows {
  const assigned = mapping.form === 'columns' && mapping.offset === null;
  const unread: DamagedRow[] = [];
  let count = 0;

  function keep({ place, error, bytes }: DamagedRow, at: (PartitionId & { readonly offset: Offset }) | null): void {
    const where = describeRowPlace(place);
    count++;
    writer.addDamage({
      kind: damageKindOf(error),
      at: at === null ? null : { ...idOf(at), from: at.offset, to: at.offset + 1 },
      place: where,
      reason: error.message.startsWith(`${where}: `) ? error.message.slice(where.length + 2) : error.message,
      form: 'line',
      raw: bytes,
      ...(at === null && { behind: writer.reached() }),
    });
  }

  function keepSalvaged(row: DamagedRow, identity: SalvagedIdentity | null): void {
    if (identity === null && assigned) {
      const { code, message, details } = row.error;
      throw new RecoveryError(code, `${message}; offsets are assigned, and nothing tells the partition of this row`, {
        hint: 'repair the row or take it out of the file: without it nobody knows the offsets of the rows behind it',
        details: { ...details },
      });
    }
    if (identity === null) keep(row, null);
    else keep(row, { ...identity, offset: identity.offset ?? takeOffset(state, identity.topic, identity.partition) });
  }

  function keepUnread(upToNumber: number): void {
    while (unread[0] !== undefined && unread[0].place.number < upToNumber) {
      const row = unread.shift() as DamagedRow;
      keepSalvaged(row, salvageIdentity(row, mapping));
    }
  }

  return {
    get count() {
      return count;
    },
    take: (row) => void unread.push(row),
    keepBefore(batch, index) {
      if (unread.length > 0) keepUnread(batch.place(index).number);
    },
    keepRest: () => keepUnread(Infinity),
    keepRow(batch, index, error) {
      const place = batch.place(index);
      const row = { place, error, bytes: batch.bytes(index) };
      keepSalvaged(
        row,
        identityOfRow(batch.values[index], mapping, () => place),
      );
    },
    keepEvent(batch, index, event, error) {
      keep({ place: batch.place(index), error, bytes: batch.bytes(index) }, event);
    },
  };
}

function idOf({ source, topic, incarnation, partition }: PartitionId): PartitionId {
  return { source, topic, incarnation, partition };
}
