import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import type { OrderSpec } from '../../model/order/order-spec.js';
import type { DerivedOrder, OrderSource } from '../../sources/recorded-order/derive-recorded-order.js';

/** What an order in the store was made from, and what came of it. */
interface DerivationNote {
  readonly format_version: 1;
  readonly digest: string | null;
  readonly using: 'order' | 'time';
  readonly counts: DerivedOrder;
}

/**
 * Takes the live order from the records of the service into the store, unless it stands there already, made of the same
 * records in the same way. Records whose content has no digest (a command) are read every time.
 * @throws RecoveryError `records-out-of-order` when the records do not stand in the order of handling.
 */
export async function deriveOrder(
  order: Extract<OrderSpec, { readonly by: 'recorded' }>,
  using: 'order' | 'time',
  records: OrderSource,
): Promise<DerivedOrder> {
  const { file } = order;
  const noteFile = `${file}.json`;
  const { digest } = await records.describe();
  const note = existsSync(file) ? readNote(noteFile) : null;
  if (note !== null && digest !== null && note.digest === digest && note.using === using) return note.counts;
  mkdirSync(dirname(file), { recursive: true });
  const { deriveRecordedOrder } = await import('../../sources/recorded-order/derive-recorded-order.js');
  const counts = await deriveRecordedOrder(records, using, file);
  writeFileDurably(noteFile, JSON.stringify({ format_version: 1, digest, using, counts } satisfies DerivationNote));
  return counts;
}

/** Null for a note that is not there or is none: the order is then made again. */
function readNote(file: string): DerivationNote | null {
  try {
    const note = JSON.parse(readFileSync(file, 'utf8')) as Partial<DerivationNote> | null;
    return note?.format_version === 1 && note.counts !== undefined ? (note as DerivationNote) : null;
  } catch {
    return null;
  }
}
