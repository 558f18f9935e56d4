import type { RecordedOutput, RecoveryError } from '@eventmend/core';
import { applyRevealedFields, markUnknown } from './commit-handling.js';
import type { FollowContext } from './follow-context.js';
import { inQuarantine } from './undecided.js';
import type { WalkedEvent } from './walk-log.js';

type Records = readonly RecordedOutput[] | null;

/**
 * The worker cannot handle an event: what the service should have made of it, nobody knows.
 * @param records what the service made of it, where that was recorded
 * @throws the fault itself under the policy `stop`
 */
export function quarantine(context: FollowContext, walked: WalkedEvent, fault: RecoveryError, records: Records): void {
  if (context.request.spec.poison === 'stop') throw fault;
  context.tally.parked++;
  context.cannotTell(walked, inQuarantine);
  loseKeys(context, [...walked.keys, ...keysOf(context, records)], records);
}

/** The service handled an event that the log does not hold: nothing is known of its keys but what its outputs tell. */
export function takeUnknown(context: FollowContext, what: string, records: Records): void {
  context.unknownEvent(what);
  const { scope } = context.request;
  const keys = keysOf(context, records);
  loseKeys(context, scope === null ? keys : keys.filter((key) => scope.has(key)), records, false);
}

function loseKeys(context: FollowContext, keys: readonly string[], records: Records, isFault = true): void {
  const { states } = context;
  const named = { keys: [...new Set(keys)] };
  const before = named.keys.map((key) => states.liveState(key));
  if (isFault) markUnknown(context, named);
  else for (const key of named.keys) states.part(key).standing = 'guessed';
  applyRevealedFields(context, named, records ?? [], 'guessed');
  // The service may have done nothing at all.
  for (const [index, key] of named.keys.entries()) states.guess(key, before[index]);
}

/** Keys that records name, or tell something about. */
function keysOf({ revelations }: FollowContext, records: Records): readonly string[] {
  if (records === null) return [];
  return [
    ...records.flatMap(({ key }) => (key === null ? [] : [key])),
    ...revelations.of(records).map(({ key }) => key),
  ];
}
