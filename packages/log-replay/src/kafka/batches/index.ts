export { decodeControlRecord, type ControlRecord } from './control-record.js';
export { decodeRecords } from './decode-records.js';
export { type CompressionCodec } from './decompress.js';
export { recordBatches, type RecordBatch } from './record-batch.js';
export { RecordColumns, headersOf, keyOf, valueOf, type RecordHeaders } from './record-columns.js';
