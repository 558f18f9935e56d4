import {
  recordedDifference,
  sameJson,
  sameRecorded,
  type EmittedOutput,
  shortened,
  type Tolerances,
} from '@eventmend/core/engine';
import type { RecordedOutput } from '@eventmend/core';
import type { ObservedDifference } from '../fault.js';

/** The tolerances of an output, by its name. */
export type TolerancesOf = (output: string) => Tolerances | undefined;

/** True where the records of a handling are just what the handler emits, in whatever order they stand. */
export function sameOutputs(
  expected: readonly EmittedOutput[],
  recorded: readonly RecordedOutput[],
  tolerances: TolerancesOf,
): boolean {
  if (expected.length !== recorded.length) return false;
  if (inTheSameOrder(expected, recorded)) return true;
  const left = [...recorded];
  return expected.every((emitted) => {
    const record = takeRecordOf(emitted, left, tolerances);
    return record !== undefined && sameRecorded(emitted.value, record.value, tolerances(emitted.output));
  });
}

/** Where the records of a handling first differ from what the handler emits; null where they do not. */
export function firstUnequal(
  expected: readonly EmittedOutput[],
  recorded: readonly RecordedOutput[],
  tolerances: TolerancesOf,
): ObservedDifference | null {
  const left = [...recorded];
  for (const emitted of expected) {
    const record = takeRecordOf(emitted, left, tolerances);
    if (record === undefined) return difference(emitted, '$', emitted.value, undefined);
    const found = recordedDifference(emitted.value, record.value, tolerances(emitted.output));
    if (found !== null) return difference(emitted, found.path, found.left, found.right);
  }
  const [extra] = left;
  return extra === undefined
    ? null
    : difference({ output: extra.output, key: extra.key ?? '' }, '$', undefined, extra.value);
}

/**
 * Takes the record of an output out of those that are left: one of the same value, or else of a value that is the same as far as
 * anybody can tell, or else the first one.
 */
function takeRecordOf(
  emitted: EmittedOutput,
  left: RecordedOutput[],
  tolerances: TolerancesOf,
): RecordedOutput | undefined {
  const isSame = ({ value }: RecordedOutput): boolean => sameRecorded(emitted.value, value, tolerances(emitted.output));
  let best = -1;
  let isBestSame = false;
  for (const [at, record] of left.entries()) {
    if (!isOf(record, emitted)) continue;
    if (sameJson(emitted.value, record.value)) return left.splice(at, 1)[0];
    if (best >= 0 && (isBestSame || !isSame(record))) continue;
    isBestSame = isSame(record);
    best = at;
  }
  return best < 0 ? undefined : left.splice(best, 1)[0];
}

/** True for a record of this output and key; a record that names no key is one of any. */
function isOf(record: RecordedOutput, { output, key }: Pick<EmittedOutput, 'output' | 'key'>): boolean {
  return record.output === output && (record.key === null || record.key === key);
}

function inTheSameOrder(expected: readonly EmittedOutput[], recorded: readonly RecordedOutput[]): boolean {
  for (let index = 0; index < expected.length; index++) {
    const emitted = expected[index] as EmittedOutput;
    const record = recorded[index] as RecordedOutput;
    if (!isOf(record, emitted) || !sameJson(emitted.value, record.value)) return false;
  }
  return true;
}

function difference(
  { output, key }: Pick<EmittedOutput, 'output' | 'key'>,
  path: string,
  expected: unknown,
  recorded: unknown,
): ObservedDifference {
  const text = (value: unknown): string => (value === undefined ? 'nothing' : shortened(JSON.stringify(value)));
  return { output, key, path, expected: text(expected), recorded: text(recorded) };
}
