import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { CompiledMapping } from '../rows/compile-mapping.js';
import type { DamageLimits } from '../rows/damage-limits.js';
import { damagedRows, type DamagedPlace } from '../rows/damaged-rows.js';
import type { MappedEvent } from '../rows/event-mapping.js';
import { mapRow } from '../rows/map-row.js';
import type { MappingState } from '../rows/mapping-state.js';
import {
  startOfRows,
  type DamagedRow,
  type RowBatch,
  type RowPlace,
  type RowPosition,
  type RowReader,
  type RowSource,
} from '../rows/row-source.js';

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
  readonly identity: DamagedPlace | null;
}

/**
 * The state is moved on; it must be the one that belongs to the position. Rows that cannot be read, or cannot become events,
 * are left out and told of.
 * @param limits those of what is told of, where nobody has counted it yet
 */
export function openEventCursor(
  files: readonly RowSource[],
  mapping: CompiledMapping,
  state: MappingState,
  from: FilesPosition,
  limits: DamageLimits | null = null,
): EventCursor {
  let damaged: DamagedEvent[] = [];
  /** So many events of the batch stand in front of what is told of. */
  let behind = 0;
  const rowsOfDamage = damagedRows(
    mapping,
    state,
    (row, identity) => void damaged.push({ row, identity, behind }),
    limits,
  );
  let file = from.file;
  let reader: RowReader | null = files[file]?.open(from.position, rowsOfDamage.take) ?? null;
  let rows = from.position.rows;

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
      behind = events.length;
      rowsOfDamage.tellBefore(batch, i);
      try {
        events.push(mapRow(batch, i, mapping, state));
        rowOf?.push(i);
      } catch (error) {
        if (!isRecoveryError(error)) throw error;
        rowOf ??= events.map((_, index) => index);
        rowsOfDamage.tellRow(batch, i, error);
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
    behind = 0;
    rowsOfDamage.tellRest();
    reader?.close();
    file++;
    rows = 0;
    reader = files[file]?.open(startOfRows, rowsOfDamage.take) ?? null;
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
