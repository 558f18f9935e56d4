export { decodeControlRecord, type ControlRecord } from './control-record.js';
export { decodeRecords } from './decode-records.js';
export { compressionCodecs, decompress, type CompressionCodec } from './decompress.js';
export { recordBatches, type RecordBatch } from './record-batch.js';
export {
  RecordColumns,
  eventHeadersOf,
  headersOf,
  keyOf,
  keyTextOf,
  textBetween,
  valueOf,
  type RecordHeaders,
} from './record-columns.js';
