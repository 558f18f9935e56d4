import type { ExportTable } from '../export/export-table.js';
import type { ComparedKey } from './compared-key.js';

/**
 * How the keys of a comparison are exported: a row for each key and side. `state` and `reference` are null in JSON both where there is
 * none and where it is null; `finding` tells.
 */
export const comparisonTable: ExportTable<ComparedKey> = {
  name: 'comparison',
  columns: [
    { name: 'key', type: 'text', value: (row) => row.key },
    { name: 'recovery', type: 'text', value: (row) => row.side },
    { name: 'finding', type: 'text', value: (row) => row.finding },
    { name: 'fidelity', type: 'text', value: (row) => row.fidelity },
    { name: 'path', type: 'text', value: (row) => row.path },
    { name: 'state', type: 'json', value: (row) => row.state ?? null },
    { name: 'reference', type: 'json', value: (row) => row.reference ?? null },
    { name: 'wrong_outputs', type: 'integer', value: (row) => row.wrongOutputs },
  ],
};
