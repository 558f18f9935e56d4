import { expect, it } from 'vitest';
import { scratchFolder } from '../../testing/scratch-folder.js';
import { ndjsonRows } from './ndjson-rows.js';
import { previewMapping } from './preview-mapping.js';
import type { EventMapping } from './event-mapping.js';

it('shows the first rows as events or with their errors, and what stopped the reading', async () => {
  const folder = scratchFolder();
  const source = ndjsonRows(folder.file('a.ndjson', '{"k":"a"}\n{"kk":"b"}\n{"k":"c"}\nnot JSON\n'));
  const mapping: EventMapping = { source: 's', topic: 't', partition: { constant: 0 }, offset: 'assigned', key: 'k' };
  const preview = await previewMapping(source, mapping, 10);
  expect(preview.rows.map(({ place, event, error }) => [place.number, event?.offset, event?.key, error?.code])).toEqual(
    [
      [1, 0, 'a', undefined],
      [2, undefined, undefined, 'invalid-field'],
      [3, 1, 'c', undefined],
    ],
  );
  expect(preview.error?.code).toBe('unreadable-row');
  expect((await previewMapping(source, mapping, 1)).rows).toHaveLength(1);
  folder.remove();
});
