import { inexactAsText } from '../../model/json/keep-digits.js';
import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import { refuseInexact, rowForMapping, type NumberForm } from './inexact-rows.js';
import type { RowPlace } from './row-source.js';
import type { RowStream } from './row-stream.js';

/** One of the first rows as it stands, and what a mapping makes of it or why it makes nothing. */
export interface PreviewedMapping<Made> {
  readonly place: RowPlace;
  readonly row: unknown;
  readonly made: Made | null;
  readonly error: RecoveryError | null;
}

export interface RowsPreview<Made> {
  readonly rows: readonly PreviewedMapping<Made>[];
  /** What stopped the reading itself; null when the rows could be read. */
  readonly error: RecoveryError | null;
}

/** Maps the first rows for a person to look at: a row that does not fit is shown with its error, and the next is tried. */
export async function previewRows<Made>(
  rows: RowStream,
  map: (row: unknown, place: () => RowPlace, timeColumns?: ReadonlySet<string>) => Made,
  limit: number,
  numbers?: NumberForm,
): Promise<RowsPreview<Made>> {
  const previewed: PreviewedMapping<Made>[] = [];
  const reader = rows.open();
  try {
    while (previewed.length < limit) {
      const batch = await reader.next();
      if (batch === null) break;
      for (let i = 0; i < batch.count && previewed.length < limit; i++) {
        const place = batch.place(i);
        const row = rowForMapping(batch, i, numbers);
        try {
          const made = map(row, () => place, batch.timeColumns);
          refuseInexact(made, batch, i);
          previewed.push({ place, row, made, error: null });
        } catch (error) {
          previewed.push({ place, row: inexactAsText(row), made: null, error: expected(error) });
        }
      }
    }
    return { rows: previewed, error: null };
  } catch (error) {
    return { rows: previewed, error: expected(error) };
  } finally {
    reader.close();
  }
}

function expected(error: unknown): RecoveryError {
  if (isRecoveryError(error)) return error;
  throw error;
}
