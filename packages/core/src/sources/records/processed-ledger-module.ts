import { openProcessedLedger, type RecordLocation } from './open-records.js';
import type { ProcessedLedger } from '../../model/records/processed-ledger.js';
import type { LedgerMapping } from './record-mapping.js';

/** Opens the list of processed events that a locator names, in this thread. */
export default function openFromLocation({ input, mapping, settings }: RecordLocation<LedgerMapping>): ProcessedLedger {
  return openProcessedLedger(input, mapping, settings);
}
