export { detectRowFormat, openRows, type DetectedFormat, type OpenRowsOptions } from './open-rows.js';
export { ndjsonRows, type NdjsonRowOptions } from './ndjson-rows.js';
export { describeRowPlace, noConversions, startOfRows } from './row-source.js';
export type {
  RowBatch,
  RowCompression,
  RowConversions,
  RowFormat,
  RowPlace,
  RowPosition,
  RowReader,
  RowSource,
} from './row-source.js';
export { isNestedDeeperThan, maxDepth, maxRowBytes } from '../json/value-limits.js';
export { mappedValueText } from './event-mapping.js';
export type {
  ColumnMapping,
  ColumnName,
  ColumnReference,
  EnvelopeMapping,
  EventMapping,
  MappedEvent,
  MappedTimeType,
  OffsetMapping,
  PartitionMapping,
  TimeMapping,
  TimeUnit,
} from './event-mapping.js';
export { compileMapping, type CompiledMapping } from './compile-mapping.js';
export { mapRow } from './map-row.js';
export { newMappingState, restoreMappingState, saveMappingState } from './mapping-state.js';
export type { MappingState, MappingStateJson } from './mapping-state.js';
export { murmur2, partitionOfKey } from './murmur2.js';
export { nearestName } from '../worker/nearest-name.js';
export { csvRows, type CsvRowOptions } from './csv-rows.js';
export { parquetRows, type ParquetRowOptions } from './parquet-rows.js';
export { businessIdHeader, businessIdIn, headersWithId } from './business-id-header.js';
export { previewMapping, type MappingPreview, type PreviewedRow } from './preview-mapping.js';
export type { CommandInput, FileInput, RowInput, SqliteInput } from './row-input.js';
export type { RowStream } from './row-stream.js';
export { openRowStream } from './open-row-stream.js';
export type { EmptyMeaning, FieldType } from './field-type.js';
export type { FieldTyping, NamedField, RowValueMapping } from './row-value.js';
export type { PreviewedMapping, RowsPreview } from './preview-rows.js';
