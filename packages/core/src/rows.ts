export { businessIdHeader, businessIdIn } from './sources/rows/business-id-header.js';
export { type CompiledMapping, compileMapping } from './sources/rows/compile-mapping.js';
export {
  type ColumnMapping,
  type EnvelopeMapping,
  type EventMapping,
  type MappedEvent,
  mappedValueText,
} from './sources/rows/event-mapping.js';
export { mapRow } from './sources/rows/map-row.js';
export { type MappingState, newMappingState } from './sources/rows/mapping-state.js';
export { partitionOfKey } from './sources/rows/murmur2.js';
export { ndjsonRows } from './sources/rows/ndjson-rows.js';
export { parseTime } from './sources/rows/parse-time.js';
export { detectRowFormat } from './sources/rows/detect-row-format.js';
export { type OpenRowsOptions, openRows } from './sources/rows/open-rows.js';
export { openRowStream } from './sources/rows/open-row-stream.js';
export type { RowInput } from './sources/rows/row-input.js';
export type { RowStream } from './sources/rows/row-stream.js';
export type { RowsPreview } from './sources/rows/preview-rows.js';
export type {
  DamagedRow,
  RowBatch,
  RowCompression,
  RowConversions,
  RowFormat,
  RowPlace,
  RowPosition,
  RowReader,
  RowSource,
} from './sources/rows/row-source.js';
export { isTimeZone, zoneOffsetAt } from './sources/rows/zone-time.js';
