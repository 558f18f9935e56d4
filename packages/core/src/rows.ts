export { businessIdHeader, businessIdIn, headersWithId } from './sources/rows/business-id-header.js';
export { type CompiledMapping, compileMapping } from './sources/rows/compile-mapping.js';
export { type CsvRowOptions, csvRows } from './sources/rows/csv-rows.js';
export {
  type ColumnMapping,
  type ColumnName,
  type ColumnReference,
  type EnvelopeMapping,
  type EventMapping,
  type MappedEvent,
  type MappedTimeType,
  type OffsetMapping,
  type PartitionMapping,
  type TimeMapping,
  type TimeUnit,
  mappedValueText,
} from './sources/rows/event-mapping.js';
export type { EmptyMeaning, FieldType } from './sources/rows/field-type.js';
export { mapRow } from './sources/rows/map-row.js';
export {
  type MappingState,
  type MappingStateJson,
  newMappingState,
  restoreMappingState,
  saveMappingState,
} from './sources/rows/mapping-state.js';
export { murmur2, partitionOfKey } from './sources/rows/murmur2.js';
export { type NdjsonRowOptions, ndjsonRows } from './sources/rows/ndjson-rows.js';
export { openRowStream } from './sources/rows/open-row-stream.js';
export { type DetectedFormat, type OpenRowsOptions, detectRowFormat, openRows } from './sources/rows/open-rows.js';
export { type ParquetRowOptions, parquetRows } from './sources/rows/parquet-rows.js';
export { type MappingPreview, type PreviewedRow, previewMapping } from './sources/rows/preview-mapping.js';
export type { PreviewedMapping, RowsPreview } from './sources/rows/preview-rows.js';
export type { CommandInput, FileInput, RowInput, SqliteInput } from './sources/rows/row-input.js';
export {
  type RowBatch,
  type RowCompression,
  type RowConversions,
  type RowFormat,
  type RowPlace,
  type RowPosition,
  type RowReader,
  type RowSource,
  describeRowPlace,
  noConversions,
  startOfRows,
} from './sources/rows/row-source.js';
export type { RowStream } from './sources/rows/row-stream.js';
export type { FieldTyping, NamedField, RowValueMapping } from './sources/rows/row-value.js';
