import { createHash } from 'node:crypto';
import { deleted } from '../../src/worker/worker.js';
import type { ErrorCode } from '../../src/model/errors/error-catalogue.js';
import type { PartitionId } from '../../src/model/log/partition-id.js';
import type { Scenario, WorkerShape } from './scenario.js';
import {
  cellCodec,
  handleScenarioEvent,
  handleSingle,
  initialCell,
  keysOfScenarioEvent,
  scenarioWorkerName,
  secondFactor,
  upcastValue,
  type CellState,
  type EventParts,
} from './scenario-worker.js';
import type { ScenarioValue } from './scenario-handler.js';
import type { OrderedEvent } from './naive-order.js';

/** Why an event failed; thrown inside the model only. */
export class Failure extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode) {
    super(code);
    this.code = code;
  }
}

interface NaiveOutput {
  readonly output: string;
  readonly key: string;
  readonly businessId: string | null;
  readonly value: unknown;
}

export interface NaiveEffects {
  /** Encoded; undefined for a deletion. */
  readonly writes: ReadonlyMap<string, unknown>;
  readonly outputs: readonly NaiveOutput[];
}

/** What the handler is given: parsed, and upcast. */
export function decodeNaively({ event }: OrderedEvent, shape: WorkerShape): EventParts {
  let value: unknown;
  try {
    value = event.value === null ? null : JSON.parse(event.value);
  } catch {
    throw new Failure('undecodable-event');
  }
  return { key: event.key, value: (shape.upcaster ? upcastValue(value) : value) as ScenarioValue | null };
}

export function keysNaively(parts: EventParts, shape: WorkerShape): readonly string[] {
  let keys: unknown = keysOfScenarioEvent(parts);
  if (shape.single) {
    if (keys === undefined) throw new Failure('worker-failed');
    keys = (keys as unknown[]).slice(0, 1);
  }
  if (!Array.isArray(keys) || keys.length === 0 || keys.some((key) => typeof key !== 'string'))
    throw new Failure('invalid-event-keys');
  return [...new Set(keys as string[])];
}

/** Calls the handler on copies of everything, and takes JSON copies of everything that it gives. */
export function invokeNaively(
  scenario: Scenario,
  ordered: OrderedEvent,
  parts: EventParts,
  keys: readonly string[],
  stored: ReadonlyMap<string, unknown>,
): NaiveEffects {
  const { worker: shape } = scenario;
  const { now } = ordered;
  const factor = factorAt(shape, now);
  const overlay = new Map<string, CellState | undefined>();
  const outputs: NaiveOutput[] = [];
  let draws = 0;
  let broken: Failure | null = null;

  const initial = (key: string): CellState | undefined => (shape.initial ? initialCell(key) : undefined);
  const get = (key: string): CellState | undefined => {
    if (overlay.has(key)) return overlay.get(key) ?? initial(key);
    if (!stored.has(key)) return initial(key);
    const copy = JSON.parse(JSON.stringify(stored.get(key))) as CellState;
    return shape.codec ? cellCodec.decode(copy) : copy;
  };
  const allowed = (key: string): void => {
    if (!keys.includes(key)) throw (broken = new Failure('undeclared-key'));
  };
  const states = {
    get: (key: string) => (allowed(key), get(key)),
    set: (key: string, state: CellState) => (allowed(key), void overlay.set(key, state)),
    delete: (key: string) => (allowed(key), void overlay.set(key, undefined)),
  };
  const context = {
    now,
    random: () => randomNaively(ordered, draws++),
    emit: (output: string, value: unknown, options: { key?: string; id?: string } = {}) => {
      const copy = JSON.parse(JSON.stringify(value)) as unknown;
      outputs.push({ output, key: options.key ?? (keys[0] as string), businessId: options.id ?? null, value: copy });
    },
  };
  const first = keys[0] as string;
  let returned: CellState | undefined | typeof deleted;
  try {
    if (shape.single) returned = handleSingle(factor, get(first), initial(first), parts, context);
    else handleScenarioEvent(factor, states, parts, context);
  } catch {
    throw broken ?? new Failure('worker-failed');
  }
  if (shape.single) {
    if (returned === undefined) throw new Failure('invalid-handler-result');
    overlay.set(first, returned === deleted ? undefined : returned);
  }
  const writes = new Map([...overlay].map(([key, state]) => [key, encodeNaively(state, shape)]));
  return { writes, outputs };
}

function factorAt({ secondVersion }: WorkerShape, now: number): number {
  if (secondVersion === null || now < secondVersion.from - secondVersion.gap) return 1;
  if (now >= secondVersion.from) return secondFactor;
  throw new Failure('no-valid-worker-version');
}

function encodeNaively(state: CellState | undefined, shape: WorkerShape): unknown {
  if (state === undefined) return undefined;
  if (Number.isNaN(state.sum)) throw new Failure('non-json-value');
  return JSON.parse(JSON.stringify(shape.codec ? cellCodec.encode(state) : state));
}

/** By the published formula: four numbers of 53 bits from each SHA-256. */
function randomNaively({ partition: { id }, event }: OrderedEvent, call: number): number {
  const identity = JSON.stringify(['log', id.source, id.topic, id.incarnation, id.partition, String(event.offset)]);
  const text = JSON.stringify(['eventmend.random.1', scenarioWorkerName, identity, (call - (call % 4)) / 4]);
  const hash = createHash('sha256').update(text).digest('hex');
  const bits = BigInt('0x' + hash.slice((call % 4) * 16, (call % 4) * 16 + 16));
  return Number(bits >> 11n) / 2 ** 53;
}

/** Names the partition of an event for lists that are compared. */
export function idParts(id: PartitionId): PartitionId {
  return { source: id.source, topic: id.topic, incarnation: id.incarnation, partition: id.partition };
}
