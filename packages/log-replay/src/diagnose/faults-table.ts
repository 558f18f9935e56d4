import type { ExportTable } from '@eventmend/core/engine';
import type { Fault } from './fault.js';
import { describeRef } from './records/handling.js';

/** Faults as an export writes them, one a row. */
export const faultsTable: ExportTable<Fault> = {
  name: 'faults',
  columns: [
    { name: 'kind', type: 'text', value: (row) => row.kind },
    { name: 'topic', type: 'text', value: (row) => row.event.topic },
    { name: 'partition', type: 'integer', value: (row) => row.event.partition },
    { name: 'offset', type: 'text', value: (row) => String(row.event.offset) },
    { name: 'time', type: 'integer', value: (row) => row.time },
    { name: 'keys', type: 'json', value: (row) => row.keys },
    { name: 'other_event', type: 'text', value: (row) => (row.other === null ? null : describeRef(row.other)) },
    { name: 'output', type: 'text', value: (row) => row.difference?.output ?? null },
    { name: 'path', type: 'text', value: (row) => row.difference?.path ?? null },
    { name: 'expected', type: 'text', value: (row) => row.difference?.expected ?? null },
    { name: 'recorded', type: 'text', value: (row) => row.difference?.recorded ?? null },
    { name: 'evidence', type: 'text', value: (row) => row.evidence },
  ],
};
