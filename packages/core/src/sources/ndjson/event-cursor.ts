import type { CompiledMapping } from '../rows/compile-mapping.js';
import type { MappedEvent } from '../rows/event-mapping.js';
import { mapRow } from '../rows/map-row.js';
import type { MappingState } from '../rows/mapping-state.js';
import {
  startOfRows,
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

/** The state is moved on; it must be the one that belongs to the position. */
export function openEventCursor(
  files: readonly RowSource[],
  mapping: CompiledMapping,
  state: MappingState,
  from: FilesPosition,
): EventCursor {
  let file = from.file;
  let reader: RowReader | null = files[file]?.open(from.position) ?? null;
  let rows = from.position.rows;

  function mapBatch(batch: RowBatch): EventBatch {
    const events: MappedEvent[] = [];
    for (let i = 0; i < batch.count; i++) events.push(mapRow(batch, i, mapping, state));
    const inFile = file;
    const before = rows;
    rows += batch.count;
    const end = batch.positionAfter(batch.count - 1).byte ?? 0;
    return {
      events,
      bytes: end - (batch.place(0).byte ?? 0),
      place: (index) => batch.place(index),
      positionOf(index) {
        const { number, byte } = batch.place(index);
        return { file: inFile, position: { rows: before + index, lines: number - 1, byte } };
      },
    };
  }

  function nextFile(): void {
    reader?.close();
    file++;
    rows = 0;
    reader = files[file]?.open() ?? null;
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
    return null;
  }

  return {
    next,
    close() {
      reader?.close();
      reader = null;
    },
  };
}
