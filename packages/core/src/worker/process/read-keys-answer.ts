import { isWellFormedText } from '../../model/json/well-formed-text.js';
import { brokenProtocol } from './process-fault.js';
import { isRecord, type Answer } from './read-answer.js';

/** The keys of an event, or why there are none: `threw` in the process's words, `unusable` in ours. */
export type KeysOfEvent =
  | { readonly kind: 'keys'; readonly keys: readonly string[] }
  | { readonly kind: 'threw'; readonly message: string }
  | { readonly kind: 'unusable'; readonly what: string };

/** Reads the answer to `events`. @throws ProcessBroken when it has not one entry for each event. */
export function readKeysAnswer(answer: Answer, events: number): readonly KeysOfEvent[] {
  const { keys } = answer;
  if (!Array.isArray(keys)) throw brokenProtocol('its keys are not a list');
  if (keys.length !== events) throw brokenProtocol(`it gave keys of ${keys.length} events, and was sent ${events}`);
  return keys.map((entry: unknown, index) => keysOf(entry, index));
}

/** Reads the keys of one event. @throws ProcessBroken when it is neither a list nor an error */
export function keysOf(entry: unknown, index: number): KeysOfEvent {
  if (isRecord(entry) && typeof entry['error'] === 'string') return { kind: 'threw', message: entry['error'] };
  if (!Array.isArray(entry)) throw brokenProtocol(`the keys of event ${index} of the batch are no list and no error`);
  const list: readonly unknown[] = entry;
  if (list.length === 0) return { kind: 'unusable', what: 'an empty list' };
  for (const key of list) {
    if (!isWellFormedText(key)) return { kind: 'unusable', what: JSON.stringify(key).slice(0, 80) };
  }
  const keys = list as readonly string[];
  return { kind: 'keys', keys: new Set(keys).size === keys.length ? keys : [...new Set(keys)] };
}
