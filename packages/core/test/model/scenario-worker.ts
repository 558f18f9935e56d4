import { defineWorker } from '../../src/worker/define-worker.js';
import { deleted, type Worker } from '../../src/worker/worker.js';
import type { WorkerSource } from '../../src/worker/worker-source.js';
import type { Scenario, WorkerShape } from './scenario.js';
import {
  handleScenarioEvent,
  idOfScenarioEvent,
  keysOfScenarioEvent,
  type CellState,
  type CellStates,
  type EventParts,
  type HandlerContext,
} from './scenario-handler.js';

export { handleScenarioEvent, idOfScenarioEvent, keysOfScenarioEvent };
export type { CellState, EventParts };

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

/** The worker of a scenario as a source that lives in this process. */
export function scenarioDefinition({ worker }: Scenario): WorkerSource {
  return { kind: 'definition', worker: scenarioWorker(worker), hash: 'a scenario' };
}
