import { memoryRecords, type MemoryRecordOptions } from './memory-recorded-outputs.js';
import type { LedgerEntry, ProcessedLedger } from '../../model/records/processed-ledger.js';

/** A handling as a test or a caller has it in memory; its place among all is that in the list. */
export type MemoryLedgerEntry = Partial<Omit<LedgerEntry, 'seq'>>;

/** A list of processed events in this thread's memory. */
export function createMemoryLedger(
  entries: readonly MemoryLedgerEntry[],
  options: MemoryRecordOptions = {},
): ProcessedLedger {
  const stored = entries.map(({ event = null, eventId = null, time = null }, seq) =>
    JSON.stringify({ seq, event, eventId, time } satisfies LedgerEntry),
  );
  return { ...memoryRecords<LedgerEntry>(stored, options), close: () => undefined };
}
