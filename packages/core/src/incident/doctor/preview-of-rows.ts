import type { PreviewedMapping, RowsPreview } from '../../sources/rows/preview-rows.js';
import type { ResourceRow, Remark } from './finding.js';

export const previewedRows = 3;

/**
 * The first rows beside what they become, and what is wrong with them: with a row by its mapping, or with the reading by the
 * whole resource.
 */
export function previewOfRows<Made>(
  key: string,
  { rows, error }: RowsPreview<Made>,
  toRow: (row: PreviewedMapping<Made>) => ResourceRow,
): { readonly preview: readonly ResourceRow[]; readonly remarks: readonly Remark[] } {
  const mapping = `${key}.mapping`;
  const failed = rows.find((row) => row.error !== null)?.error ?? null;
  const remarks: Remark[] = [];
  if (failed !== null) remarks.push({ severity: 'problem', key: mapping, kind: 'error', error: failed });
  else if (error !== null) remarks.push({ severity: 'problem', key, kind: 'error', error });
  else if (rows.length === 0) remarks.push({ severity: 'doubt', key: mapping, kind: 'no-rows' });
  return { preview: rows.map(toRow), remarks };
}
