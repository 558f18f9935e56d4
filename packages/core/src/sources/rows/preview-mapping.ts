import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import { compileMapping } from './compile-mapping.js';
import type { EventMapping, MappedEvent } from './event-mapping.js';
import { mapRow } from './map-row.js';
import { newMappingState } from './mapping-state.js';
import type { RowPlace, RowSource } from './row-source.js';

/** One of the first rows, and the event that it becomes or why it becomes none. */
interface PreviewedRow {
  readonly place: RowPlace;
  readonly event: MappedEvent | null;
  readonly error: RecoveryError | null;
}

export interface MappingPreview {
  readonly rows: readonly PreviewedRow[];
  /** What stopped the reading itself, e.g. a line that is not JSON; null when the rows could be read. */
  readonly error: RecoveryError | null;
}

/**
 * Maps the first rows of a file, for a person to look at: a row that does not fit is shown with its error, and the next
 * is tried.
 * @throws RecoveryError `invalid-configuration` when the mapping contradicts itself, `file-unavailable` when the file
 *   cannot be opened.
 */
export async function previewMapping(source: RowSource, mapping: EventMapping, limit: number): Promise<MappingPreview> {
  const compiled = compileMapping(mapping);
  const state = newMappingState();
  const rows: PreviewedRow[] = [];
  const reader = source.open();
  try {
    while (rows.length < limit) {
      const batch = await reader.next();
      if (batch === null) break;
      for (let i = 0; i < batch.count && rows.length < limit; i++) {
        const place = batch.place(i);
        try {
          rows.push({ place, event: mapRow(batch, i, compiled, state), error: null });
        } catch (error) {
          rows.push({ place, event: null, error: expected(error) });
        }
      }
    }
    return { rows, error: null };
  } catch (error) {
    return { rows, error: expected(error) };
  } finally {
    reader.close();
  }
}

function expected(error: unknown): RecoveryError {
  if (isRecoveryError(error)) return error;
  throw error;
}
