import { parentPort, workerData } from 'node:worker_threads';
import { compileMapping } from '../../../rows/compile-mapping.js';
import { encodeSegment } from '../../encode-segment.js';
import { hashSegment } from '../../hash-segment.js';
import { addPendingEvent, noPendingEvents } from '../../pending-events.js';
import type { ArchivedRow } from '../../remote-rows.js';
import { readChunk } from './read-chunk.js';
import type { PackedSegment, PackOrder, RowAnswer, RowRequest, RowThreadOrder } from './row-messages.js';

// A thread of an import: parses and maps chunks of lines, and packs and hashes the segments of them that it is told.
const { file, mapping } = workerData as RowThreadOrder;
const compiled = compileMapping(mapping);
const held = new Map<number, readonly ArchivedRow[]>();

parentPort?.on('message', (request: RowRequest) => {
  switch (request.kind) {
    case 'parse': {
      const read = readChunk(file, request.lines, compiled);
      if (read !== null) held.set(request.chunk, read.rows);
      const rows = read?.columns ?? null;
      answer({ kind: 'parsed', chunk: request.chunk, rows }, rows === null ? [] : [rows.bytes]);
      return;
    }
    case 'pack': {
      const rows = held.get(request.chunk) ?? [];
      if (request.isDone) held.delete(request.chunk);
      const segments = request.orders.map((order) =>
        packed(
          order,
          Array.from(order.indexes, (index) => rows[index] as ArchivedRow),
        ),
      );
      answer({ kind: 'packed', segments });
      return;
    }
    case 'pack-lines': {
      // Each of the lines was read before, and none stands at the beginning of the file.
      const { bytes } = request;
      const read = readChunk(file, { bytes, length: bytes.byteLength, start: 1, last: true }, compiled);
      if (read === null) throw new Error('lines that were read cannot be read again');
      answer({ kind: 'packed', segments: [packed(request.order, read.rows)] });
    }
  }
});

function answer(message: RowAnswer, transferred: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transferred);
}

function packed(order: PackOrder, rows: readonly ArchivedRow[]): PackedSegment {
  const pending = noPendingEvents();
  for (let i = 0; i < order.offsets.length; i++) {
    const { event, parsed, exact } = rows[i] as ArchivedRow;
    addPendingEvent(pending, { ...event, offset: order.offsets[i] as number }, parsed, exact);
  }
  const row = encodeSegment(pending, order.sequence, order.previousNext, order.columns);
  return { ticket: order.ticket, row, sha256: hashSegment(order.partition, row) };
}
