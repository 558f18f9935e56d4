import type { RecordedOutput, RecoveryError } from '@eventmend/core';
import { applyRevealedFields, markUnknown } from './commit-handling.js';
import type { FollowContext } from './follow-context.js';
import { isPartOf } from './settle-again.js';
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
  const keys = [...walked.keys, ...keysOf(context, records)];
  // Where its keys are not known, it may have named any.
  context.doubts.doubt(walked.keys.length === 0 ? [] : keys);
  loseKeys(context, keys, records);
}

/** So many events that the log does not hold are remembered, for rows of them that come again. */
const rememberedEvents = 1024;

/** The service handled an event that the log does not hold: nothing is known of its keys but what its outputs tell. */
export function takeUnknown(context: FollowContext, what: string, records: Records): void {
  context.unknownEvent(what);
  const { unknownRecords, request } = context;
  const { scope } = request;
  const all = keysOf(context, records);
  context.doubts.doubtUnplaced(all);
  const keys = scope === null ? all : all.filter((key) => scope.has(key));
  const before = unknownRecords.get(what);
  if (before !== undefined && records !== null && isPartOf(records, before)) {
    doubtKeys(context, keys, records);
    return;
  }
  if (records !== null) {
    unknownRecords.delete(what);
    unknownRecords.set(what, [...(before ?? []), ...records]);
    if (unknownRecords.size > rememberedEvents) {
      for (const oldest of unknownRecords.keys()) {
        unknownRecords.delete(oldest);
        break;
      }
    }
  }
  loseKeys(context, keys, records);
}

/** Rows came again as they were: what they reveal was once so, and is so again only if they are of a second handling. */
function doubtKeys(context: FollowContext, keys: readonly string[], records: readonly RecordedOutput[]): void {
  const { states } = context;
  context.histories?.giveUp(keys);
  for (const key of new Set(keys)) {
    const { state, standing } = states.part(key);
    applyRevealedFields(context, { keys: [key] }, records, 'guessed');
    const apart = states.part(key);
    const revealed = apart.state;
    apart.state = state;
    apart.standing = 'guessed';
    // Of one doubt on top of another come more states than two.
    delete apart.other;
    if (standing !== 'guessed') states.guess(key, revealed);
  }
}

function loseKeys(context: FollowContext, keys: readonly string[], records: Records): void {
  const { states } = context;
  const named = { keys: [...new Set(keys)] };
  context.histories?.giveUp(named.keys);
  const before = named.keys.map((key) => states.liveState(key));
  markUnknown(context, named);
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
