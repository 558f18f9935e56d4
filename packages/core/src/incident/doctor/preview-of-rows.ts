import type { PreviewedMapping, RowsPreview } from '../../sources/rows/preview-rows.js';
import type { ResourceRow, Remark } from './finding.js';

export const previewedRows = 3;

/** The first rows beside what they become, and what is wrong with them. */
export function previewOfRows<Made>(
  key: string,
  { rows, error }: RowsPreview<Made>,
  toRow: (row: PreviewedMapping<Made>) => ResourceRow,
): { readonly preview: readonly ResourceRow[]; readonly remarks: readonly Remark[] } {
  const failed = [...rows.map((row) => row.error), error].find((each) => each !== null);
  const remarks: Remark[] = [];
  if (failed) remarks.push({ severity: 'problem', key, kind: 'error', error: failed });
  else if (rows.length === 0) remarks.push({ severity: 'doubt', key, kind: 'no-rows' });
  return { preview: rows.map(toRow), remarks };
}
