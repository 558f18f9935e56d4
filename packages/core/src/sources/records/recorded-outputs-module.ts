import { openRecordedOutputs, type RecordLocation } from './open-records.js';
import type { OutputMapping } from './record-mapping.js';
import type { RecordedOutputs } from '../../model/records/recorded-outputs.js';

/** Opens the recorded outputs that a locator names, in this thread. */
export default function openFromLocation({ input, mapping, settings }: RecordLocation<OutputMapping>): RecordedOutputs {
  return openRecordedOutputs(input, mapping, settings);
}
