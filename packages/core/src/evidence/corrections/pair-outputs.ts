import { sameJson } from '../../model/json/same-json.js';
import type { IntendedOutput } from '../../model/outputs/output.js';
import type { RecordedOutput } from '../../model/records/recorded-outputs.js';

/** True where a record may be this output of the event that both are of. */
export function mayBe(record: RecordedOutput, intended: IntendedOutput): boolean {
  if (record.output !== intended.output) return false;
  if (record.businessId !== null && intended.businessId !== null) return record.businessId === intended.businessId;
  // Records of outputs that have no key of their own say none.
  return record.key === null || record.key === intended.key;
}

/** True where the event intends one more output like this record than it has records for. */
export function hasRoom(
  record: RecordedOutput,
  intended: readonly IntendedOutput[],
  taken: readonly RecordedOutput[],
): boolean {
  const first = intended.findIndex((output) => mayBe(record, output));
  if (first < 0) return false;
  if (taken.length === 0) return true;
  return pairOutputs(intended, [...taken, record]).filter((pair) => pair !== null).length > taken.length;
}

/**
 * Which record is which output of one event: equal values first, then one after the other. Records stand in their order,
 * so that the nth of one name and key is ordinal n. Null for an output without a record.
 */
export function pairOutputs(
  intended: readonly IntendedOutput[],
  records: readonly RecordedOutput[],
): readonly (RecordedOutput | null)[] {
  const pairs = intended.map((): RecordedOutput | null => null);
  const left = records.filter((record) => {
    const at = intended.findIndex(
      (output, index) => pairs[index] === null && mayBe(record, output) && sameJson(output.value, record.value),
    );
    if (at >= 0) pairs[at] = record;
    return at < 0;
  });
  for (const record of left) {
    const at = intended.findIndex((output, index) => pairs[index] === null && mayBe(record, output));
    if (at >= 0) pairs[at] = record;
  }
  return pairs;
}
