import { copyPlain } from '../model/json/copy-plain.js';
import { firstDifference } from '../model/json/first-difference.js';
import { countNegativeZeros } from '../model/json/plain-json.js';
import { underAnotherClock, untoldZones } from './another-clock.js';
import type { HandlerEffects, StateView, WorkerInstance } from './worker-instance.js';
import { quoteKey, workerFailure } from './worker-failures.js';
import type { WorkerEvent } from './worker.js';

/** The clock is let run on between the two calls of this many checks of an instance, so that handlers that ask it show. */
const checksOverClockTicks = 20;
const checksDone = new WeakMap<WorkerInstance, number>();

/** What one call did, kept as text, since the handler may go on changing what it gave. */
interface Trace {
  readonly reads: readonly string[];
  readonly writes: readonly { readonly key: string; readonly text: string | undefined }[];
  readonly outputs: readonly string[];
}

type Outcome = { readonly trace: Trace } | { readonly thrown: unknown };

/** What differs between two calls, and for which key. */
interface Divergence {
  readonly key: string;
  readonly what: string;
  readonly path: string;
}

/**
 * Applies one event twice to equal copies of its inputs, with another time on the clock and in another zone, and compares reads, writes and outputs. Nothing of it counts;
 * the caller applies the event afterwards as always. Also finds inputs that the handler changed in place.
 * @throws RecoveryError `nondeterministic-worker` or `input-mutated` naming event, key and path; what the handler
 *   throws, when it throws both times.
 */
export async function checkDeterminism(
  instance: WorkerInstance,
  event: WorkerEvent,
  keys: readonly string[],
  now: number,
  states: StateView,
): Promise<void> {
  const zeros = instance.negativeZeros;
  const first = await applyToCopies(instance, event, keys, now, states);
  letClockRunOn(instance);
  const [zone = 'here', other] = untoldZones(instance);
  const again = () => applyToCopies(instance, event, keys, now, states);
  let second = await underAnotherClock(zone, again);
  if (other !== undefined && areAlike(first, second)) second = await underAnotherClock(other, again);
  if (other !== undefined && !areAlike(first, second)) {
    // Twice, since what remembers its calls may give the first result again.
    const inThisZone = [await underAnotherClock('here', again), await underAnotherClock('here', again)];
    if (inThisZone.every((one) => areAlike(first, one))) throw restsOnLocalTime(instance, event, keys);
  }
  instance.negativeZeros = zeros;
  if ('thrown' in first && 'thrown' in second) throw first.thrown;
  if ('thrown' in first || 'thrown' in second) {
    const cause = 'thrown' in first ? first.thrown : (second as { thrown: unknown }).thrown;
    throw workerFailure(
      'nondeterministic-worker',
      instance.worker,
      event,
      'it threw in one of two equal calls and not in the other',
      {
        cause,
        keys,
      },
    );
  }
  const divergence = compareTraces(first.trace, second.trace);
  if (divergence === null) return;
  throw workerFailure(
    'nondeterministic-worker',
    instance.worker,
    event,
    `two equal calls differ for key ${quoteKey(divergence.key)}: ${divergence.what}`,
    {
      hint: 'use context.now and context.random() instead of the clock and Math.random(), and keep nothing outside the states',
      keys: [divergence.key],
      path: divergence.path,
    },
  );
}

function areAlike(one: Outcome, other: Outcome): boolean {
  if ('thrown' in one || 'thrown' in other) return 'thrown' in one && 'thrown' in other;
  return compareTraces(one.trace, other.trace) === null;
}

function restsOnLocalTime(instance: WorkerInstance, event: WorkerEvent, keys: readonly string[]): Error {
  const what = 'its result rests on the local time of this machine, and nobody says which one the service had';
  return workerFailure('nondeterministic-worker', instance.worker, event, what, {
    hint: "say it in the worker, as in timeZone: 'Europe/Berlin', or read times by getUTCHours() and the like",
    keys,
  });
}

async function applyToCopies(
  instance: WorkerInstance,
  event: WorkerEvent,
  keys: readonly string[],
  now: number,
  states: StateView,
): Promise<Outcome> {
  const copied: WorkerEvent = { ...event, value: copy(event.value) };
  const given: { readonly key: string; readonly stored: unknown; readonly state: unknown }[] = [];
  const view: StateView = {
    read(key) {
      const stored = states.read(key);
      const state = copy(stored);
      given.push({ key, stored, state });
      return state;
    },
  };
  let trace: Trace;
  try {
    trace = traceOf(await instance.invoke(copied, keys, now, view));
  } catch (thrown) {
    return { thrown };
  }
  const inEvent = firstDifference(event.value, copied.value);
  if (inEvent !== null) throw changedInPlace(instance, event, 'the value of the event', inEvent.path, keys);
  for (const { key, stored, state } of given) {
    const inState = firstDifference(stored, state);
    if (inState !== null)
      throw changedInPlace(instance, event, `the state of key ${quoteKey(key)}`, inState.path, [key]);
  }
  return { trace };
}

function changedInPlace(
  instance: WorkerInstance,
  event: WorkerEvent,
  what: string,
  path: string,
  keys: readonly string[],
): Error {
  return workerFailure('input-mutated', instance.worker, event, `it changed ${what} in place, at ${path}`, {
    hint: 'build a new object instead: states and events may be shared with what is stored',
    keys,
    path,
  });
}

function traceOf(effects: HandlerEffects): Trace {
  return {
    reads: [...effects.reads],
    writes: effects.writes.map(({ key, state }) => ({ key, text: JSON.stringify(state) })),
    outputs: effects.outputs.map(({ output, key, businessId, value }) =>
      JSON.stringify([output, key, businessId, value]),
    ),
  };
}

function compareTraces(first: Trace, second: Trace): Divergence | null {
  const write = firstUnequal(first.writes, second.writes, (a, b) => a.key === b.key && a.text === b.text);
  if (write !== null) return describeWrites(first.writes[write], second.writes[write]);
  const output = firstUnequal(first.outputs, second.outputs, (a, b) => a === b);
  if (output !== null) return describeOutputs(first.outputs[output], second.outputs[output], output);
  const read = firstUnequal(first.reads, second.reads, (a, b) => a === b);
  if (read === null) return null;
  const key = first.reads[read] ?? second.reads[read] ?? '';
  return { key, what: 'its state was read in one call, and in the other not or at another point', path: '$' };
}

function describeWrites(
  first: Trace['writes'][number] | undefined,
  second: Trace['writes'][number] | undefined,
): Divergence {
  const key = (first ?? second)?.key ?? '';
  if (first === undefined || second === undefined || first.key !== second.key) {
    return { key, what: 'it was written in one call, and in the other not or at another point', path: '$' };
  }
  if (first.text === undefined || second.text === undefined) {
    return { key, what: 'it was deleted in one call and written in the other', path: '$' };
  }
  const found = firstDifference(JSON.parse(first.text), JSON.parse(second.text));
  if (found === null) return { key, what: 'the fields of its state stand in another order', path: '$' };
  return {
    key,
    what: `at ${found.path} one gives ${brief(found.left)}, the other ${brief(found.right)}`,
    path: found.path,
  };
}

function describeOutputs(first: string | undefined, second: string | undefined, index: number): Divergence {
  const [output, key] = JSON.parse((first ?? second) as string) as [string, string];
  if (first === undefined || second === undefined) {
    return {
      key,
      what: `output ${quoteKey(output)} was emitted in one call and not in the other`,
      path: `outputs[${index}]`,
    };
  }
  return { key, what: `output ${quoteKey(output)} is another one`, path: `outputs[${index}]` };
}

function firstUnequal<Item>(
  a: readonly Item[],
  b: readonly Item[],
  equal: (a: Item, b: Item) => boolean,
): number | null {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    if (index >= a.length || index >= b.length || !equal(a[index] as Item, b[index] as Item)) return index;
  }
  return null;
}

function letClockRunOn(instance: WorkerInstance): void {
  const done = checksDone.get(instance) ?? 0;
  if (done >= checksOverClockTicks) return;
  checksDone.set(instance, done + 1);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
}

function brief(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 37)}...`;
}

function copy(value: unknown): unknown {
  // Ten times cheaper than a structured clone, and of the same hidden class, so that the handler stays as fast as it was.
  if (countNegativeZeros(value) >= 0) return copyPlain(value);
  try {
    return structuredClone(value);
  } catch {
    // A value of a decode of its own that cannot be copied is given as it is.
    return value;
  }
}
