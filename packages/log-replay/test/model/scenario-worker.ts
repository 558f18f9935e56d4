import { defineWorker, deleted, type Worker } from '@eventmend/core';
import type { WorkerShape } from './scenario.js';

/** The value of an event, after the upcaster. Tests put wrong things in on purpose. */
export interface ScenarioValue {
  readonly op: string;
  readonly keys: readonly string[];
  readonly n: number;
  readonly id?: string;
}

export interface CellState {
  readonly sum: number;
  readonly count: number;
  readonly last: number | null;
  readonly drawn: number | null;
}

export interface EventParts {
  readonly key: string | null;
  readonly value: ScenarioValue | null;
}

export interface CellStates {
  get(key: string): CellState | undefined;
  set(key: string, state: CellState): void;
  delete(key: string): void;
}

export interface HandlerContext {
  readonly now: number;
  emit(output: string, value: unknown, options?: { key?: string; id?: string }): void;
  random(): number;
}

const nothing: CellState = { sum: 0, count: 0, last: null, drawn: null };

/** Everything that the state depends on: the order of events, the clock, random numbers, the states of other keys. */
export function handleScenarioEvent(
  factor: number,
  states: CellStates,
  event: EventParts,
  context: HandlerContext,
): void {
  const keys = keysOfScenarioEvent(event);
  const first = keys[0] as string;
  if (event.value === null) {
    states.delete(first);
    return;
  }
  const { op, n } = event.value;
  const last = Number.isFinite(context.now) ? context.now : null;
  const raise = (key: string, by: number): CellState => {
    const before = states.get(key) ?? nothing;
    return { ...before, sum: (before.sum * 31 + by * factor) % 1_000_003, count: before.count + 1, last };
  };
  switch (op) {
    case 'add':
      for (const key of keys) states.set(key, raise(key, n));
      context.emit('measure', { sum: states.get(first)?.sum, last });
      break;
    case 'move': {
      const taken = states.get(first)?.sum ?? 0;
      for (const key of keys.slice(1)) states.set(key, raise(key, taken));
      for (const key of keys) context.emit('moved', taken, { key });
      break;
    }
    case 'draw':
      for (let call = 0; call <= n % 6; call++) {
        states.set(first, { ...raise(first, 1), drawn: context.random() });
        context.emit('measure', states.get(first)?.drawn);
        context.emit('measure', call, { id: `b${n}-${call}` });
      }
      break;
    case 'delete':
      states.delete(first);
      context.emit('gone', states.get(first)?.sum ?? null);
      break;
    case 'again':
      states.delete(first);
      states.set(first, raise(first, n));
      break;
    case 'minus-zero':
      states.set(first, { ...nothing, sum: -0, last });
      context.emit('zero', [-0]);
      break;
    case 'look':
      context.emit('seen', states.get(first) ?? null);
      break;
    case 'throw':
      for (const key of keys) states.set(key, raise(key, n));
      context.emit('measure', 'never');
      throw new Error('poison');
    case 'not-a-number':
      states.set(first, { ...nothing, sum: NaN });
      break;
    case 'undeclared':
      states.get('a key that no event names');
      break;
    default:
      break;
  }
}

/** Gives wrong things for wrong events, which the worker's frame must refuse. */
export function keysOfScenarioEvent(event: EventParts): readonly string[] {
  return event.value === null ? [event.key as string] : event.value.keys;
}

export function idOfScenarioEvent(event: EventParts): string | null {
  return event.value?.id ?? null;
}

/** The same rules as a handler of one key, which sees no other. */
export function handleSingle(
  factor: number,
  state: CellState | undefined,
  initial: CellState | undefined,
  event: EventParts,
  context: HandlerContext,
): CellState | undefined | typeof deleted {
  const [key] = keysOfScenarioEvent(event);
  let current = state;
  let isDeleted = false;
  const check = (asked: string): void => {
    if (asked !== key) throw new Error('another key');
  };
  const states: CellStates = {
    get: (asked) => (check(asked), isDeleted ? initial : current),
    set: (asked, next) => {
      check(asked);
      current = next;
      isDeleted = false;
    },
    delete: (asked) => {
      check(asked);
      isDeleted = true;
    },
  };
  const value = event.value === null ? null : { ...event.value, keys: [key as string] };
  handleScenarioEvent(factor, states, { key: event.key, value }, context);
  return isDeleted ? deleted : current;
}

export function initialCell(key: string): CellState {
  return { sum: key.length, count: 0, last: null, drawn: null };
}

/** A codec that changes the form and the order of fields. */
export const cellCodec = {
  encode: ({ sum, count, last, drawn }: CellState): unknown => ({ z: [sum, count], last, a: { drawn } }),
  decode: (json: unknown): CellState => {
    const { z, last, a } = json as { z: [number, number]; last: number | null; a: { drawn: number | null } };
    return { sum: z[0], count: z[1], last, drawn: a.drawn };
  },
};

/** Brings the old form `{old, k, n}` into the present one. */
export function upcastValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('old' in value)) return value;
  const { k, n } = value as unknown as { k: string; n: number };
  return { op: 'add', keys: [k], n };
}

export const scenarioWorkerName = 'scenario';
export const secondFactor = 7;

/** The worker of a scenario, as a user would define it. */
export function scenarioWorker(shape: WorkerShape): Worker {
  const isAsync = (event: EventParts): boolean =>
    shape.async === 'always' || (shape.async === 'sometimes' && (event.value?.n ?? 0) % 2 === 1);

  const many = (factor: number) => (states: CellStates, event: EventParts, context: HandlerContext) => {
    const run = (): void => handleScenarioEvent(factor, states, event, context);
    return isAsync(event) ? Promise.resolve().then(run) : run();
  };
  const single = (factor: number) => (state: CellState | undefined, event: EventParts, context: HandlerContext) => {
    const initial = shape.initial ? initialCell(keysOfScenarioEvent(event)[0] as string) : undefined;
    const run = () => handleSingle(factor, state, initial, event, context);
    return isAsync(event) ? Promise.resolve().then(run) : run();
  };
  const evolve: (factor: number) => unknown = shape.single ? single : many;
  const { secondVersion } = shape;
  const definition = {
    name: scenarioWorkerName,
    version: '1',
    locality: shape.locality,
    outputs: { measure: { kind: 'latest' }, moved: { kind: 'delta' } },
    ...(shape.single
      ? { key: (event: EventParts) => keysOfScenarioEvent(event)[0] }
      : { keys: (event: EventParts) => keysOfScenarioEvent(event) }),
    ...(secondVersion === null
      ? { evolve: evolve(1) }
      : {
          versions: [
            { until: secondVersion.from - secondVersion.gap, evolve: evolve(1) },
            { from: secondVersion.from, evolve: evolve(secondFactor) },
          ],
        }),
    ...(shape.initial ? { initial: initialCell } : {}),
    ...(shape.codec ? { codec: cellCodec } : {}),
    ...(shape.upcaster ? { upcasters: [upcastValue] } : {}),
    ...(shape.deduplicationWindow === null
      ? {}
      : { deduplicate: { id: idOfScenarioEvent, window: shape.deduplicationWindow } }),
  };
  return defineWorker(definition as never);
}
