import type { RecordedOutput } from '@eventmend/core';
import { sameRecorded, sameJson, type EmittedOutput } from '@eventmend/core/engine';
import type { ObservedDifference } from '../fault.js';
import type { CalledWorker } from './call-worker.js';
import { firstUnequal, type TolerancesOf } from './compare-handling.js';
import type { FollowContext } from './follow-context.js';
import { holdsFromAnyState, type AskedFromStates } from './other-states.js';
import type { WalkedEvent } from './walk-log.js';

/**
 * Tells a wrong result that no state which the service may have had explains: neither what came before it, nor in which
 * order, does away with it. True where it was told.
 */
export async function tellWrongFromAnyState(
  context: FollowContext,
  walked: WalkedEvent,
  live: CalledWorker,
  records: readonly RecordedOutput[],
): Promise<boolean> {
  const { revelations, askedFromStates } = context;
  const find = () => differenceFromAnyState(askedFromStates, walked, live, records, revelations.tolerancesOf);
  const difference = await find();
  if (difference === null) return false;
  const holdsStill = async (): Promise<boolean> => (await find()) !== null;
  context.pending.accuse('wrong', walked, wrongFromAnyState(difference), {
    difference,
    fromAnyState: true,
    holdsStill,
  });
  return true;
}

/** The evidence of such a result, in words. */
export function wrongFromAnyState({ path, output, expected, recorded }: ObservedDifference): string {
  return `from whatever state ${output ?? 'its output'} should have ${path} ${expected}, and ${recorded} was recorded`;
}

/** Where an output says what the handler makes of the event from no state whatever; null where none does. */
export async function differenceFromAnyState(
  asked: AskedFromStates,
  walked: WalkedEvent,
  live: CalledWorker,
  records: readonly RecordedOutput[],
  tolerancesOf: TolerancesOf,
): Promise<ObservedDifference | null> {
  const { outputs } = live;
  let left = outputs.filter((output) => isContradicted(tolerancesOf, outputs, records, output));
  if (left.length === 0) return null;
  const isSaid = ({ outputs: others }: CalledWorker): boolean => {
    left = left.filter((output) => sameJson(valuesOf(outputs, output), valuesOf(others, output)));
    return left.length > 0;
  };
  if (!(await holdsFromAnyState(asked, walked, live, isSaid))) return null;
  return firstUnequal(left, recordsOf(records, left), tolerancesOf);
}

/** True where as many records as outputs are of this name and key, and none of them says the same. */
function isContradicted(
  tolerancesOf: TolerancesOf,
  outputs: readonly EmittedOutput[],
  records: readonly RecordedOutput[],
  { output, key, value }: EmittedOutput,
): boolean {
  const own = records.filter((record) => record.output === output && record.key === key);
  if (own.length !== outputs.filter((other) => other.output === output && other.key === key).length) return false;
  const tolerances = tolerancesOf(output);
  return own.every((record) => !sameRecorded(value, record.value, tolerances));
}

function recordsOf(records: readonly RecordedOutput[], outputs: readonly EmittedOutput[]): readonly RecordedOutput[] {
  return records.filter(({ output, key }) => outputs.some((other) => other.output === output && other.key === key));
}

function valuesOf(outputs: readonly EmittedOutput[], { output, key }: EmittedOutput): readonly unknown[] {
  return outputs.filter((other) => other.output === output && other.key === key).map(({ value }) => value);
}
