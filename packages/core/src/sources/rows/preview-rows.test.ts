import { expect, it } from 'vitest';
import { scratchFolder } from '../../testing/scratch-folder.js';
import { openRowStream } from './open-row-stream.js';
import { previewRows } from './preview-rows.js';
import { rowValueReader } from './row-value.js';

const read = rowValueReader({ form: 'column', column: 'k', type: 'text' });

it('shows the first rows as what they become or with their errors, and what stopped the reading', async () => {
  const folder = scratchFolder();
  const file = folder.file('a.ndjson', '{"k":"a"}\n{"kk":"b"}\n{"k":"c"}\nnot JSON\n');
  const rows = await openRowStream({ kind: 'file', file, format: 'ndjson' });
  const preview = await previewRows(rows, read, 10);
  expect(preview.rows.map(({ place, made, error }) => [place.number, made, error?.code])).toEqual([
    [1, 'a', undefined],
    [2, null, 'invalid-field'],
    [3, 'c', undefined],
  ]);
  expect(preview.error?.code).toBe('unreadable-row');
  expect((await previewRows(rows, read, 1)).rows).toHaveLength(1);
  folder.remove();
});
