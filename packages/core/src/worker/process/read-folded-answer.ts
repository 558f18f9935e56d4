import { isWellFormedText } from '../../model/json/well-formed-text.js';
import type { EmittedOutput } from '../worker-instance.js';
import { quoteKey } from '../worker-failures.js';
import type { FoldedBatch } from './batch-worker.js';
import { AnswerRefused, brokenProtocol } from './process-fault.js';
import { isRecord, type Answer } from './read-answer.js';
import { keysAt, outputOf, refuseNotPlainOutput, type EventEffects } from './read-effects-answer.js';
import { keysOf, type KeysOfEvent } from './read-keys-answer.js';

const noOutputs: readonly EmittedOutput[] = [];

/**
 * Reads the answer to `fold`, strictly.
 * @throws ProcessBroken when it does not follow the protocol
 * @throws AnswerRefused `non-json-value`, `undeclared-key` when it does, and an event broke a rule
 */
export function readFoldedAnswer(answer: Answer, events: number, skip: ReadonlySet<number>): FoldedBatch {
  const named = listOf(answer['keys'], events, 'keys');
  if (named === null) throw brokenProtocol('its answer has no keys');
  const reads = listOf(answer['reads'], events, 'reads');
  const writes = listOf(answer['writes'], events, 'writes');
  const outputs = outputsOf(answer['outputs'], events);
  const failures = failuresOf(answer['errors'], events, skip);
  const keys: (KeysOfEvent | null)[] = [];
  const effects: (EventEffects | null)[] = [];
  for (let place = 0; place < events; place++) {
    if (skip.has(place)) {
      if (named[place] !== null)
        throw brokenProtocol(`it handled event ${place} of the batch, which was to be skipped`);
      keys.push(null);
      effects.push(null);
      continue;
    }
    const of = keysOfOne(named[place], place);
    keys.push(of);
    if (of.kind !== 'keys' || (failures.size > 0 && failures.has(place))) {
      effects.push(null);
      continue;
    }
    effects.push({
      reads: reads === null ? of.keys : keysAt(reads[place], of.keys, 'reads'),
      writes: writes === null ? of.keys : keysAt(writes[place], of.keys, 'writes'),
      outputs: outputs(place, of.keys),
    });
  }
  return { keys, effects, failures };
}

/** A text for one key, else as in the answer to `events`. */
function keysOfOne(entry: unknown, place: number): KeysOfEvent {
  if (typeof entry === 'string' && isWellFormedText(entry)) return { kind: 'keys', keys: [entry] };
  return keysOf(entry, place);
}

function listOf(given: unknown, events: number, what: string): readonly unknown[] | null {
  if (given === undefined || given === null) return null;
  if (!Array.isArray(given)) throw brokenProtocol(`its ${what} are not a list`);
  if (given.length === events) return given as readonly unknown[];
  throw brokenProtocol(`it gave ${what} of ${given.length} events, and was sent ${events}`);
}

/** How the outputs of an event are found: in a list with an entry an event, or in a column for all that gave one of a name. */
function outputsOf(
  given: unknown,
  events: number,
): (place: number, keys: readonly string[]) => readonly EmittedOutput[] {
  if (!isRecord(given)) {
    const list = listOf(given, events, 'outputs');
    return (place, keys) => (list === null ? noOutputs : outputsOfOne(list[place], keys));
  }
  const [output, ...others] = Object.keys(given);
  if (output === undefined || others.length > 0) throw brokenProtocol('a column of outputs has one name');
  if (!isWellFormedText(output) || output === '') throw new AnswerRefused('non-json-value', 'an output has no name');
  const values = listOf(given[output], events, `outputs ${quoteKey(output)}`);
  if (values === null) throw brokenProtocol('its outputs are not a list');
  return (place, keys) => {
    const value = values[place];
    refuseNotPlainOutput(output, value);
    return [{ output, key: keys[0] as string, businessId: null, value }];
  };
}

function outputsOfOne(given: unknown, keys: readonly string[]): readonly EmittedOutput[] {
  if (given === undefined || given === null) return noOutputs;
  if (!Array.isArray(given)) throw brokenProtocol('the outputs of an event are not a list');
  return given.map((output: unknown) => outputOf(output, keys[0] as string));
}

function failuresOf(given: unknown, events: number, skip: ReadonlySet<number>): ReadonlyMap<number, string> {
  const failures = new Map<number, string>();
  for (const error of Array.isArray(given) ? given : given === undefined || given === null ? [] : [given]) {
    const { event, message } = isRecord(error) ? error : { event: undefined, message: undefined };
    const handled = typeof event === 'number' && Number.isInteger(event) && event >= 0 && event < events;
    if (!handled || skip.has(event) || failures.has(event)) {
      throw brokenProtocol(`its errors name event ${JSON.stringify(event)}, which it was not to handle`);
    }
    failures.set(event, typeof message === 'string' ? message.slice(0, 2000) : 'it gave no message');
  }
  return failures;
}
