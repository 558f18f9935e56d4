import type { EmittedOutput } from '@eventmend/core/engine';
import type { RecordedOutput } from '@eventmend/core';
import { sameOutputs } from '../follow/compare-handling.js';

/** Records of one event, cut into those of its first handling and those of the next ones. */
interface SplitRecords {
  readonly first: readonly RecordedOutput[];
  readonly rest: readonly RecordedOutput[];
}

/**
 * Cuts neighbouring records of one event into those of its first handling and the rest: a handling leaves as many records of
 * an output and key as the handler emits, so one more belongs to the next handling. Where there are too many, and the first
 * ones are just what the handler emits, they are those of the first handling: the next one may speak of other keys.
 */
export function splitGroup(records: readonly RecordedOutput[], expected: readonly EmittedOutput[]): SplitRecords {
  if (records.length <= 1) return { first: records, rest: [] };
  const split = splitByCount(records, expected);
  if (split.rest.length === 0 || expected.length === 0) return split;
  const own = records.slice(0, expected.length);
  return sameOutputs(expected, own, () => undefined) ? { first: own, rest: records.slice(own.length) } : split;
}

function splitByCount(records: readonly RecordedOutput[], expected: readonly EmittedOutput[]): SplitRecords {
  const allowed = new Map<string, number>();
  for (const { output, key } of expected) count(allowed, output, key);
  const seen = new Map<string, number>();
  const first: RecordedOutput[] = [];
  const rest: RecordedOutput[] = [];
  for (const record of records) {
    const { output, key } = record;
    const times = count(seen, output, key ?? '');
    const most = allowed.get(JSON.stringify([output, key ?? '']));
    // Behind a row that was sent again, the first handling goes on with what is still owed of it.
    const belongs = times <= (rest.length === 0 ? Math.max(1, most ?? 1) : (most ?? 0));
    (belongs ? first : rest).push(record);
  }
  return { first, rest };
}

function count(counts: Map<string, number>, output: string, key: string): number {
  const name = JSON.stringify([output, key]);
  const times = (counts.get(name) ?? 0) + 1;
  counts.set(name, times);
  return times;
}
