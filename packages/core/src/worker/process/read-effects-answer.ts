import { explainNotPlain } from '../../model/json/explain-not-plain.js';
import { countNegativeZeros } from '../../model/json/plain-json.js';
import { isWellFormedText } from '../../model/json/well-formed-text.js';
import { quoteKey } from '../worker-failures.js';
import type { EmittedOutput } from '../worker-instance.js';
import { AnswerRefused, brokenProtocol } from './process-fault.js';
import { isRecord, type Answer } from './read-answer.js';

/** What one event did. What it wrote stands in the states of the batch, as the last event left them. */
export interface EventEffects {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly outputs: readonly EmittedOutput[];
}

export interface BatchEffects {
  /** One entry for each event that was gone through; null for a skipped one. */
  readonly events: readonly (EventEffects | null)[];
  /** Every key that one of them wrote; undefined for a deleted state. */
  readonly states: ReadonlyMap<string, unknown>;
  /** Why the next event failed, in the process's words; null when all were gone through. */
  readonly error: string | null;
}

/** What was asked for: the keys of each event, null for one to be skipped. */
export type AskedEvents = readonly (readonly string[] | null)[];

/**
 * Reads the answer to `states`, strictly.
 * @throws ProcessBroken when it does not follow the protocol
 * @throws AnswerRefused `non-json-value`, `undeclared-key` when it does, and an event broke a rule
 */
export function readEffectsAnswer(answer: Answer, asked: AskedEvents): BatchEffects {
  const { done, events, states } = answer;
  if (!Array.isArray(events)) throw brokenProtocol('its effects have no list of events');
  if (!isRecord(states)) throw brokenProtocol('its effects have no states');
  const error = readError(answer, asked);
  const expected = error?.event ?? asked.length;
  if (done !== expected || events.length !== expected) {
    const said = `${JSON.stringify(done)} events as done and effects of ${events.length}`;
    throw brokenProtocol(`it gave ${said}, where ${expected} were due`);
  }
  const written = new Set<string>();
  const effects = events.map((entry: unknown, index) => effectsOf(entry, asked[index] ?? null, index, written));
  return { events: effects, states: statesOf(states, written), error: error?.message ?? null };
}

function readError({ error }: Answer, asked: AskedEvents): { readonly event: number; readonly message: string } | null {
  if (error === undefined || error === null) return null;
  if (!isRecord(error)) throw brokenProtocol('its error is not an object');
  const { event, message } = error;
  const handled = typeof event === 'number' && Number.isInteger(event) && (asked[event] ?? null) !== null;
  if (!handled) throw brokenProtocol(`its error names event ${JSON.stringify(event)}, which it was not to handle`);
  return { event, message: typeof message === 'string' ? message.slice(0, 2000) : 'it gave no message' };
}

function effectsOf(
  entry: unknown,
  keys: readonly string[] | null,
  index: number,
  written: Set<string>,
): EventEffects | null {
  if (keys === null) {
    if (entry === null) return null;
    throw brokenProtocol(`it handled event ${index} of the batch, which was to be skipped`);
  }
  if (!isRecord(entry)) throw brokenProtocol(`the effects of event ${index} of the batch are not an object`);
  const writes = keysAt(entry['writes'], keys, 'writes');
  for (const key of writes) written.add(key);
  return { reads: keysAt(entry['reads'], keys, 'reads'), writes, outputs: outputsOf(entry['outputs'], keys) };
}

/** Keys by their places in the list of an event; all of them where none are named. */
export function keysAt(places: unknown, keys: readonly string[], what: string): readonly string[] {
  if (places === undefined || places === null) return keys;
  if (!Array.isArray(places)) throw brokenProtocol(`the ${what} of an event are not a list`);
  const list: readonly unknown[] = places;
  if (new Set(list).size !== list.length) throw brokenProtocol(`the ${what} of an event name a key twice`);
  return list.map((place) => {
    if (typeof place !== 'number' || !Number.isInteger(place)) {
      throw brokenProtocol(`the ${what} of an event are not places in its list of keys`);
    }
    const key = keys[place];
    if (key !== undefined) return key;
    throw new AnswerRefused('undeclared-key', `its ${what} name place ${place} of ${keys.length} keys of the event`);
  });
}

function outputsOf(given: unknown, keys: readonly string[]): readonly EmittedOutput[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) throw brokenProtocol('the outputs of an event are not a list');
  return given.map((output: unknown) => outputOf(output, keys[0] as string));
}

/** Reads one output of an event. @param first the event's first key */
export function outputOf(given: unknown, first: string): EmittedOutput {
  if (!Array.isArray(given) || given.length < 2 || given.length > 4) {
    throw brokenProtocol('an output is not [name, value], [name, value, key] or [name, value, key, id]');
  }
  const [output, value, key, id] = given as readonly unknown[];
  if (!isWellFormedText(output) || output === '') throw new AnswerRefused('non-json-value', 'an output has no name');
  const about = key ?? first;
  const businessId = id ?? null;
  const name = `output ${quoteKey(output)}`;
  if (!isWellFormedText(about)) throw new AnswerRefused('non-json-value', `${name}: its key is not well-formed text`);
  if (businessId !== null && !isWellFormedText(businessId)) {
    throw new AnswerRefused('non-json-value', `${name}: its id is not well-formed text`);
  }
  refuseNotPlain(value, name);
  return { output, key: about, businessId, value };
}

/** Reads states, which must be those of the keys that were written and no others. */
export function statesOf(given: Answer, written: ReadonlySet<string>): ReadonlyMap<string, unknown> {
  const states = new Map<string, unknown>();
  for (const key of Object.keys(given)) {
    if (!written.has(key)) {
      throw new AnswerRefused(
        'undeclared-key',
        `it gave a state of key ${quoteKey(key)}, which no event of the batch wrote`,
      );
    }
    const state = given[key];
    refuseNotPlain(state, `the state of key ${quoteKey(key)}`);
    states.set(key, state ?? undefined);
  }
  for (const key of written) {
    if (!states.has(key)) throw brokenProtocol(`its states lack key ${quoteKey(key)}, which an event wrote`);
  }
  return states;
}

/** A value of an output in a column of its own. */
export function refuseNotPlainOutput(name: string, value: unknown): void {
  if (countNegativeZeros(value) < 0) refuseNotPlain(value, `output ${quoteKey(name)}`);
}

/** What was parsed is JSON; but numbers that stood in the text may be none that JSON gives back. */
function refuseNotPlain(value: unknown, what: string): void {
  if (countNegativeZeros(value) >= 0) return;
  const finding = explainNotPlain(value);
  throw new AnswerRefused(
    'non-json-value',
    `${what} has at ${finding?.path ?? '$'} ${finding?.reason ?? 'something that is not plain JSON'}`,
    finding?.path ?? '$',
  );
}
