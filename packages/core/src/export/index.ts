export {
  outputsTable,
  quarantinedTable,
  stateTable,
  type ColumnType,
  type ExportColumn,
  type ExportTable,
  type QuarantinedRow,
  type StateRow,
} from './export-table.js';
export { beginNewFile, type NewFile } from './new-file.js';
export { writeExport, type ExportFormat, type ExportRequest } from './write-export.js';
