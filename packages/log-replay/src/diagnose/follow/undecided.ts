import type { Undetermined } from '../fault.js';
import { refOf } from './event-ref.js';
import type { OpenEvent } from './open-event.js';

type Doubt = Pick<Undetermined, 'reason' | 'missing'>;

const everyEvent = 'a ledger of the handled events, or outputs of every event';

export const stateLost: Doubt = {
  reason: 'the states that the service had before it are not known, because of an earlier event of its keys',
  missing: 'outputs that reveal the state (`reveals` in the worker), or a snapshot in between',
};

export const inQuarantine: Doubt = {
  reason: 'the worker cannot handle it, so that nobody knows what the service should have made of it',
  missing: 'a worker that handles the events in quarantine',
};

export const handledLater: Doubt = {
  reason: 'it was handled, but later than where its place is, or from another state',
  missing: everyEvent,
};

export const perhapsSilent: Doubt = {
  reason:
    'no output of it was recorded; whether it was missed, or gave none in the state that the service was in, nothing shows',
  missing: everyEvent,
};

export const perhapsOlder: Doubt = {
  reason:
    'its outputs are not the expected ones; it, or an event of its keys before it that has no outputs, was handled wrongly',
  missing: everyEvent,
};

export const orderNotDetermined: Doubt = {
  reason: 'order not determined: events of its keys may have been handled at another time, in another partition',
  missing: 'a ledger of the handled events, or a recorded order',
};

export const behindHole: Doubt = {
  reason: 'the log lacks events from before it, and nobody knows what they did to its keys',
  missing: 'the events that the log lacks, or a snapshot from behind them',
};

export const perhapsSentAgain: Doubt = {
  reason: 'it was recorded again as before: it was handled a second time, or only its record was sent again',
  missing: 'later outputs or a recorded state that depend on it',
};

export const perhapsCut: Doubt = {
  reason: 'not all of its outputs are there, and they are the first ones of its partition that were recorded',
  missing: 'earlier records',
};

export const perhapsLost: Doubt = {
  reason:
    'its outputs are not the expected ones; it came to a wrong result, or an earlier event of its keys was handled and its outputs were lost',
  missing: everyEvent,
};

export const perhapsStateLost: Doubt = {
  reason:
    'its outputs are not the expected ones; it came to a wrong result, or one of several events of its keys before it sent what it should have, and its state was not written so',
  missing: 'outputs of every event that reveal the state, or a snapshot in between',
};

export const perhapsRepeated: Doubt = {
  reason:
    'its outputs are not the expected ones; it came to a wrong result, or an event of its keys was handled twice and left no outputs once',
  missing: 'a ledger of the handled events, or a recorded state behind it',
};

export const perhapsDrawn: Doubt = {
  reason:
    'what was recorded of it is not what was expected; with other random numbers the handler gives other values there, or another number of outputs',
  missing: 'what is left to chance, named as `volatile` in the worker, or a worker without it',
};

export const perhapsCopy: Doubt = {
  reason: 'an event with its business id came before, and nothing shows which of the two was handled',
  missing: everyEvent,
};

/** An event that left no outputs, and that nothing later shows to have been missed. */
export function undeterminedOf({ walked }: OpenEvent): Undetermined {
  return {
    event: refOf(walked),
    key: walked.keys[0] ?? null,
    suspicion: 'missed',
    reason: 'no output of it was recorded; whether it was missed, or only its outputs, nothing shows',
    missing: 'a later output or a recorded state that depends on it, or a ledger',
  };
}
