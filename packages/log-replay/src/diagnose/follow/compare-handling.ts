import { recordedDifference, sameJson, type EmittedOutput, shortened, type Tolerances } from '@eventmend/core/engine';
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
  return firstUnequal(expected, recorded, tolerances) === null;
}

/** Where the records of a handling first differ from what the handler emits; null where they do not. */
export function firstUnequal(
  expected: readonly EmittedOutput[],
  recorded: readonly RecordedOutput[],
  tolerances: TolerancesOf,
): ObservedDifference | null {
  const left = [...recorded];
  for (const emitted of expected) {
    const own = left.findIndex((record) => isOf(record, emitted) && sameJson(emitted.value, record.value));
    const at = own >= 0 ? own : left.findIndex((record) => isOf(record, emitted));
    const record = left[at];
    if (record === undefined) return difference(emitted, '$', emitted.value, undefined);
    left.splice(at, 1);
    const found = recordedDifference(emitted.value, record.value, tolerances(emitted.output));
    if (found !== null) return difference(emitted, found.path, found.left, found.right);
  }
  const [extra] = left;
  return extra === undefined
    ? null
    : difference({ output: extra.output, key: extra.key ?? '' }, '$', undefined, extra.value);
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
