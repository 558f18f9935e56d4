import type { RecordedOutput } from '@eventmend/core';
import type { CalledWorker, WorkerAnswer } from './call-worker.js';
import type { FollowContext } from './follow-context.js';
import { joined, type Accusations } from './accusations.js';
import { worse, type Confidence } from './expected-and-live-states.js';
import type { WalkedEvent } from './walk-log.js';
import { valueAt, withValueAt } from './json-path.js';
import { agrees, corrected, type RevealedField } from './revealed-fields.js';

/** The right states go on; the service's follow them where the two are the same. */
export function commitRight({ states, chance }: FollowContext, walked: WalkedEvent, right: CalledWorker): void {
  chance.passed(walked, states.rightView, right);
  for (const { key, state } of right.writes) states.setRight(key, state);
}

/** The right states go on alone; what the service made of the event is another matter. */
export function commitApart(context: FollowContext, walked: WalkedEvent, right: CalledWorker): void {
  for (const key of walked.keys) context.states.part(key);
  commitRight(context, walked, right);
}

/** Both go on, each in its own way. */
export function commitBoth(context: FollowContext, walked: WalkedEvent, right: CalledWorker, live: WorkerAnswer): void {
  if (live === right) {
    commitRight(context, walked, right);
    return;
  }
  const { standing, accusations } = context.states.standingOf(walked.keys);
  commitApart(context, walked, right);
  if ('fault' in live) markUnknown(context, walked);
  else commitLive(context, walked, live, standing, accusations);
}

/** The states of the service go on from a handling. */
export function commitLive(
  { states }: FollowContext,
  walked: WalkedEvent,
  { writes }: CalledWorker,
  standing: Confidence,
  accusations: Accusations,
): void {
  for (const { key, state } of writes) {
    const apart = states.part(key);
    apart.state = state;
    if (state !== undefined) states.seen.note(state);
    apart.standing = standing;
    apart.accusations = joined(apart.accusations, accusations);
    delete apart.other;
  }
  for (const key of walked.keys) states.rejoin(key);
}

/**
 * Brings the service's states of an event to what its records reveal.
 * @param otherwise how well a state is known of which they reveal nothing
 */
export function applyRevealedFields(
  { states, revelations }: FollowContext,
  walked: Pick<WalkedEvent, 'keys'>,
  records: readonly RecordedOutput[],
  otherwise: Confidence,
): void {
  const fields = revelations.of(records);
  for (const key of walked.keys) {
    const own = fields.length === 0 ? fields : fields.filter((field) => field.key === key);
    const apart = states.part(key);
    const { state, standing } = assimilate(apart.state, own);
    apart.state = state;
    apart.standing = own.length === 0 ? worse(apart.standing, otherwise) : standing;
    states.rejoin(key);
  }
}

/** The service's states of the keys of an event may come of its having been handled wrongly, from here on. */
export function markFaulty({ states, accused }: FollowContext, walked: WalkedEvent): void {
  const accusations = [accused.of(walked)];
  for (const key of walked.keys) {
    const apart = states.part(key);
    apart.accusations = joined(apart.accusations, accusations);
  }
}

/** Nobody knows what the service made of an event. That accuses nobody. */
export function markUnknown({ states }: FollowContext, { keys }: Pick<WalkedEvent, 'keys'>): void {
  for (const key of keys) states.part(key).standing = 'guessed';
}

/** A state as far as records revealed it. */
interface AssimilatedState {
  readonly state: unknown;
  readonly standing: Confidence;
}

/**
 * Brings a predicted state to what the outputs revealed of it. Fields that nothing reveals stay as predicted.
 * @param fields those of this key
 */
function assimilate(predicted: unknown, fields: readonly RevealedField[]): AssimilatedState {
  let state = predicted;
  for (const field of fields) {
    const now = valueAt(state, field.path);
    if (agrees(now, field, 0)) continue;
    state = withValueAt(state, field.path, corrected(now, field));
  }
  if (fields.length === 0) return { state, standing: 'guessed' };
  return { state, standing: coversAll(state, fields) ? 'exact' : 'approximate' };
}

/** True where the exact fields are all that the state has. */
function coversAll(state: unknown, fields: readonly RevealedField[]): boolean {
  if (fields.some(({ within }) => within > 0)) return false;
  if (fields.some(({ path }) => path.length === 0)) return true;
  if (typeof state !== 'object' || state === null || Array.isArray(state)) return false;
  const exact = new Set(fields.flatMap(({ path }) => (path.length === 1 ? path : [])));
  return Object.keys(state).every((name) => exact.has(name));
}
