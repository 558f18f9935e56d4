import type { RowsPreview } from '@eventmend/core/rows';
import { doubt, problem, type PreviewLine, type Remark } from './finding.js';

export const previewedRows = 3;
const shownCharacters = 200;

/** The first rows beside what they become, and what is wrong with them. */
export function previewLines<Made>(
  key: string,
  { rows, error }: RowsPreview<Made>,
  describe: (made: Made) => string,
): { readonly preview: readonly PreviewLine[]; readonly remarks: readonly Remark[] } {
  const preview = rows.map(({ place, row, made, error: failed }) => ({
    place: `${place.unit} ${place.number}`,
    row: shortJson(row),
    becomes: made === null ? `nothing: ${failed?.message ?? ''}` : describe(made),
  }));
  const failures = [...rows.map((row) => row.error), error].filter((failed) => failed !== null);
  const remarks: Remark[] = failures
    .slice(0, 1)
    .map((failed) => problem(key, `${failed.number}: ${failed.message}`, failed.hint ?? null));
  if (failures.length === 0 && rows.length === 0) remarks.push(doubt(key, 'it has no rows'));
  return { preview, remarks };
}

export function shortJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
}
