import type { ExportTable } from '../export/export-table.js';
import type { Correction } from '../../evidence/corrections/correction.js';

/** How corrections are exported. `replaces` is null in JSON both where nothing and where null was recorded; see `replaced`. */
export const correctionsTable: ExportTable<Correction> = {
  name: 'corrections',
  columns: [
    { name: 'id', type: 'text', value: (row) => row.id },
    { name: 'action', type: 'text', value: (row) => row.action },
    { name: 'output', type: 'text', value: (row) => row.output },
    { name: 'kind', type: 'text', value: (row) => row.kind },
    { name: 'key', type: 'text', value: (row) => row.key },
    { name: 'value', type: 'json', value: (row) => row.value },
    { name: 'replaced', type: 'integer', value: (row) => (row.replaces === null ? 0 : 1) },
    { name: 'replaces', type: 'json', value: (row) => row.replaces?.value ?? null },
    { name: 'reason', type: 'text', value: (row) => row.reason },
    { name: 'listed_because', type: 'text', value: (row) => row.listedBecause },
    { name: 'time', type: 'integer', value: (row) => row.time },
    { name: 'topic', type: 'text', value: (row) => row.event.topic },
    { name: 'partition', type: 'integer', value: (row) => row.event.partition },
    { name: 'offset', type: 'text', value: (row) => String(row.event.offset) },
    { name: 'ordinal', type: 'integer', value: (row) => row.ordinal },
    { name: 'semantic_id', type: 'text', value: (row) => row.semanticId },
  ],
};
