import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { CompiledMapping } from '../rows/compile-mapping.js';
import type { DamagedRow } from '../rows/row-source.js';
import type { MappedEvent } from '../rows/event-mapping.js';
import { mapRow } from '../rows/map-row.js';
import { takeOffset, type MappingState } from '../rows/mapping-state.js';
import {
  startOfRows,
  type RowBatch,
  type RowPlace,
  type RowPosition,
  type RowReader,
  type RowSource,
} from '../rows/row-source.js';
import { identityOfRow, salvageIdentity, type SalvagedIdentity } from '../rows/salvage-identity.js';

/** A place in a list of files, in front of a row. */
export interface FilesPosition {
  /** Index of the file. */
  readonly file: number;
  readonly position: RowPosition;
}

/** In front of the first row of the first file. */
export const startOfFiles: FilesPosition = { file: 0, position: startOfRows };

/** Some events in the order of the files. */
export interface EventBatch {
  readonly events: readonly MappedEvent[];
  /** Rows among them that were left out, in the order of the files. */
  readonly damaged: readonly DamagedEvent[];
  /** Bytes of the rows, after decompression. */
  readonly bytes: number;
  place(index: number): RowPlace;
  /** Where this very event begins. */
  positionOf(index: number): FilesPosition;
}

/** Reads the events of a list of files, one file after the other. */
export interface EventCursor {
  next(): EventBatch | null | Promise<EventBatch | null>;
  close(): void;
}

/** A damaged row and where its event belongs, its offset included; null where it does not tell. */
export interface DamagedEvent {
  /** So many events of its batch stand in front of it. */
  readonly behind: number;
  readonly row: DamagedRow;
  readonly identity: (SalvagedIdentity & { readonly offset: number }) | null;
}

/**
 * The state is moved on; it must be the one that belongs to the position.
 * @param damage `keep`: rows that cannot be read, or cannot become events, are left out and told of; `refuse`: the first
 *   of them is an error
 */
export function openEventCursor(
  files: readonly RowSource[],
  mapping: CompiledMapping,
  state: MappingState,
  from: FilesPosition,
  damage: 'keep' | 'refuse' = 'refuse',
): EventCursor {
  /** What the reader told of and no batch has taken in yet. */
  const unread: DamagedRow[] = [];
  const takeUnread = damage === 'refuse' ? undefined : (row: DamagedRow) => void unread.push(row);
  let damaged: DamagedEvent[] = [];
  let file = from.file;
  let reader: RowReader | null = files[file]?.open(from.position, takeUnread) ?? null;
  let rows = from.position.rows;

  function note(row: DamagedRow, identity: SalvagedIdentity | null, behind: number): void {
    // Where offsets are assigned, a row that cannot be read has one too: those behind it keep theirs.
    const offset = identity === null ? 0 : (identity.offset ?? takeOffset(state, identity.topic, identity.partition));
    damaged.push({ row, identity: identity === null ? null : { ...identity, offset }, behind });
  }

  function noteUnread(upToNumber: number, behind: number): void {
    while (unread[0] !== undefined && unread[0].place.number < upToNumber) {
      const row = unread.shift() as DamagedRow;
      note(row, salvageIdentity(row, mapping), behind);
    }
  }

  function takeDamaged(): readonly DamagedEvent[] {
    const taken = damaged;
    if (taken.length > 0) damaged = [];
    return taken;
  }

  function mapBatch(batch: RowBatch): EventBatch {
    const events: MappedEvent[] = [];
    /** Which row became which event, where some did not. */
    let rowOf: number[] | null = null;
    for (let i = 0; i < batch.count; i++) {
      if (unread.length > 0) noteUnread(batch.place(i).number, events.length);
      if (damage === 'refuse') {
        events.push(mapRow(batch, i, mapping, state));
        continue;
      }
      try {
        events.push(mapRow(batch, i, mapping, state));
        rowOf?.push(i);
      } catch (error) {
        if (!isRecoveryError(error)) throw error;
        rowOf ??= events.map((_, index) => index);
        const place = batch.place(i);
        const row = { place, error, bytes: batch.bytes(i) };
        note(
          row,
          identityOfRow(batch.values[i], mapping, () => place),
          events.length,
        );
      }
    }
    const inFile = file;
    const before = rows;
    rows += batch.count;
    const end = batch.positionAfter(batch.count - 1).byte ?? 0;
    const rowAt = (index: number): number => (rowOf === null ? index : (rowOf[index] ?? batch.count - 1));
    return {
      events,
      damaged: takeDamaged(),
      bytes: end - (batch.place(0).byte ?? 0),
      place: (index) => batch.place(rowAt(index)),
      positionOf(index) {
        const { number, byte } = batch.place(rowAt(index));
        return { file: inFile, position: { rows: before + rowAt(index), lines: number - 1, byte } };
      },
    };
  }

  function nextFile(): void {
    noteUnread(Infinity, 0);
    reader?.close();
    file++;
    rows = 0;
    reader = files[file]?.open(startOfRows, takeUnread) ?? null;
  }

  function next(): EventBatch | null | Promise<EventBatch | null> {
    while (reader !== null) {
      const batch = reader.next();
      if (batch instanceof Promise) {
        return batch.then((arrived) => {
          if (arrived !== null) return mapBatch(arrived);
          nextFile();
          return next();
        });
      }
      if (batch !== null) return mapBatch(batch);
      nextFile();
    }
    return damaged.length === 0 ? null : onlyDamaged(takeDamaged());
  }

  return {
    next,
    close() {
      reader?.close();
      reader = null;
      damaged = [];
    },
  };
}

/** What no event stands behind. */
function onlyDamaged(damaged: readonly DamagedEvent[]): EventBatch {
  const { place } = (damaged[0] as DamagedEvent).row;
  return { events: [], damaged, bytes: 0, place: () => place, positionOf: () => startOfFiles };
}
