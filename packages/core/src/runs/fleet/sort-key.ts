import type { OrderedEvent } from '../../engine/path/ordered-events.js';

/**
 * A text that sorts, byte by byte, as the canonical order does: order value, partition, offset. The bits of a double, with
 * the sign turned around, are in the order of the numbers.
 */
export function sortKey({ t, p, o }: Pick<OrderedEvent, 't' | 'p' | 'o'>): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE((t ?? -Infinity) + 0);
  const high = bytes.readUInt32BE(0);
  const low = bytes.readUInt32BE(4);
  const negative = high >>> 31 === 1;
  const words = negative ? [~high >>> 0, ~low >>> 0] : [(high | 0x80000000) >>> 0, low];
  return `${words.map((word) => word.toString(16).padStart(8, '0')).join('')}${String(p).padStart(6, '0')}${String(o).padStart(16, '0')}`;
}
