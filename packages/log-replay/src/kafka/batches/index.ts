export { decodeControlRecord } from './control-record.js';
export { decodeRecords } from './decode-records.js';
export { compressionCodecs, decompress } from './decompress.js';
export { recordBatches, type RecordBatch } from './record-batch.js';
export { RecordColumns, eventHeadersOf, keyOf, keyTextOf, textBetween, valueOf } from './record-columns.js';
