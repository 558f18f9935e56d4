import { isRecoveryError, type RecoveryError } from '../../../model/errors/recovery-error.js';
import type { PartitionId } from '../../../model/log/partition-id.js';
import { newPartitionTable } from '../../../model/log/partition-table.js';
import type { CompiledMapping } from '../../rows/compile-mapping.js';
import type { MappedEvent } from '../../rows/event-mapping.js';
import { mapRow } from '../../rows/map-row.js';
import { newMappingState } from '../../rows/mapping-state.js';
import { startOfRows, type RowPlace, type RowSource } from '../../rows/row-source.js';
import { comparedEvents } from '../../rows/shared-events.js';
import type { ArchiveEvent } from '../archive-event.js';
import { archivedRow } from './archived-row.js';

/** What a file has of a partition among its first events. */
export interface Beginning extends PartitionId {
  readonly first: MappedEvent;
  readonly place: RowPlace;
  readonly events: ArchiveEvent[];
}

/** An import does not come further either where so many rows in front of the first good ones tell nothing. */
const mostDamaged = 1_000;

/** The first events of the file that can be read, by partition; what cannot is for the import to tell of. */
export async function readBeginnings(rows: RowSource, mapping: CompiledMapping): Promise<readonly Beginning[]> {
  const beginnings = newPartitionTable<Beginning>();
  const state = newMappingState();
  let damaged = 0;
  const skip = (error: RecoveryError): void => {
    if (++damaged > mostDamaged) throw error;
  };
  const reader = rows.open(startOfRows, ({ error }) => {
    skip(error);
  });
  try {
    for (let seen = 0; seen < comparedEvents;) {
      const batch = await reader.next();
      if (batch === null) break;
      for (let i = 0; i < batch.count && seen < comparedEvents; i++) {
        let event: MappedEvent;
        try {
          event = mapRow(batch, i, mapping, state);
        } catch (error) {
          if (!isRecoveryError(error)) throw error;
          skip(error);
          continue;
        }
        seen++;
        const { source, topic, incarnation, partition } = event;
        let beginning = beginnings.get(event);
        if (beginning === undefined) {
          beginning = { source, topic, incarnation, partition, first: event, place: batch.place(i), events: [] };
          beginnings.add(beginning);
        }
        beginning.events.push({ ...archivedRow(event).event, time: event.time + 0 });
      }
    }
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
  } finally {
    reader.close();
  }
  return beginnings.entries;
}
