import type { EventHeaders } from '../model/log/event-page.js';
import type { Offset } from '../model/event/offset.js';
import type { OutputDeclaration } from '../model/outputs/output.js';

/** One event as the handler sees it. Read-only: the handler must not change it or anything inside it. */
export interface WorkerEvent<Value = unknown> {
  readonly source: string;
  readonly topic: string;
  readonly incarnation: string;
  readonly partition: number;
  readonly offset: Offset;
  /** The record's key as text; null where there is none. */
  readonly key: string | null;
  /** The record's own timestamp in milliseconds; null where it has none. `context.now` is the one to compute with. */
  readonly time: number | null;
  readonly headers: EventHeaders;
  /** The decoded value, after the upcasters. Null for a tombstone. */
  readonly value: Value;
}

/** What the handler may ask for besides the event and the states of its keys. */
export interface WorkerContext {
  /**
   * The event's time in milliseconds under the order of the replay: its own timestamp, or the one that its partition's
   * watermark lends it. -Infinity for an event before the first timestamp. The only clock a deterministic worker has.
   */
  readonly now: number;
  /** True whenever a recovery, proof or verification runs the handler; a live host says false. */
  readonly replaying: boolean;
  /** States an output. Nothing is sent: outputs are recorded as intended, and published only on request, later. */
  emit(output: string, value: unknown, options?: EmitOptions): void;
  /** A number in [0, 1) that depends on the event's identity, the worker's name and the count of earlier calls alone. */
  random(): number;
  /** The row of declared reference data that was valid at `now`, or undefined. */
  lookup(table: string, key: string): unknown;
}

export interface EmitOptions {
  /** The key that the output is about; by default the first key of the event. */
  readonly key?: string;
  /** A business id, where outputs of this name have one; it then replaces the derived semantic id. */
  readonly id?: string;
}

/**
 * The states that a handler may see: those of the keys that the event names. `Absent` is what a key without a state gives:
 * undefined, or nothing at all for a worker with an initial state.
 */
export interface StatesOfKeys<State, Absent = undefined> {
  /** The state, or the worker's initial one, or undefined where there is neither. Counts as read for provenance. */
  get(key: string): State | Absent;
  /** Replaces the state. Give a new object: what `get` returned must not be changed in place. */
  set(key: string, state: State): void;
  /** Deletes the state; a later event finds the initial one again. */
  delete(key: string): void;
}

/** A single-key handler returns this to delete the state of its key. */
export const deleted: unique symbol = Symbol.for('eventmend.deleted') as never;
type Deleted = typeof deleted;

export type SingleKeyHandler<Value, State, Absent = undefined> = (
  state: State | Absent,
  event: WorkerEvent<Value>,
  context: WorkerContext,
) => State | Deleted | Promise<State | Deleted>;

export type ManyKeysHandler<Value, State, Absent = undefined> = (
  states: StatesOfKeys<State, Absent>,
  event: WorkerEvent<Value>,
  context: WorkerContext,
) => void | Promise<void>;

/** A handler that was right for a stretch of event time only: rules that legitimately changed. */
interface ValidityRange<Handler> {
  /** First millisecond (`context.now`) for which it holds; from the beginning where absent. */
  readonly from?: number;
  /** First millisecond for which it no longer holds; without end where absent. */
  readonly until?: number;
  readonly evolve: Handler;
}

/** Brings the value of an old event into the form that the handler expects. Pure. */
type Upcaster = (value: unknown, event: WorkerEvent) => unknown;

/** Brings a state from `version` to `version + 1`. Pure. */
type StateMigration = (state: unknown, key: string) => unknown;

/** How a state that is not plain JSON is written down. `decode(encode(state))` must give an equal state. */
interface StateCodec<State> {
  encode(state: State): unknown;
  decode(json: unknown): State;
}

/** Events that say the same under another offset: skipped as duplicates within a window. */
interface Deduplication<Value> {
  /** The business id of an event, or null for an event without one (never a duplicate). */
  id(event: WorkerEvent<Value>): string | null;
  /** How many of the last events of the lane are remembered. Part of the committed state. */
  readonly window: number;
}

interface WorkerCommon<Value, State> {
  /** Part of every semantic id: keep it when the code changes. */
  readonly name: string;
  readonly version: string;
  /** The topics to read; by default all of the log. */
  readonly topics?: readonly string[];
  /** `partition` promises that a key's events all stand in one partition; checked while running, and runs on all cores. */
  readonly locality?: 'partition' | 'global';
  readonly outputs?: Readonly<Record<string, OutputDeclaration>>;
  /** Decodes the value of an event from its bytes; by default JSON in UTF-8. */
  readonly decode?: (bytes: Uint8Array | null, event: Omit<WorkerEvent, 'value'>) => unknown;
  /**
   * What becomes of numbers in JSON values that a double cannot give back (more digits, integers beyond 2^53, 1e400): a
   * fault of their event (`exact`, the default), or the texts that they are. All other numbers stay numbers.
   */
  readonly numbers?: 'exact' | 'text';
  /**
   * Where the service reads local time (`getHours()`, a local day), as in `Europe/Berlin`. It is refused under another one. Without it, a result
   * that rests on the local time is refused: nobody knows which one the service had.
   */
  readonly timeZone?: string;
  /** Applied in order before the keys are asked for. */
  readonly upcasters?: readonly Upcaster[];
  /** The version of the state's form that `evolve` works on; 1 by default. */
  readonly stateVersion?: number;
  /** `migrations[n]` brings a state from version n to n + 1. */
  readonly migrations?: Readonly<Record<number, StateMigration>>;
  readonly codec?: StateCodec<State>;
  /** Each must be true for every state when a run is verified; a text says what is wrong. */
  readonly invariants?: Readonly<Record<string, (state: State, key: string) => boolean | string>>;
  /** Numbers that say something about a state: summed in reports and compared with control totals. */
  readonly measures?: Readonly<Record<string, (state: State, key: string) => number>>;
  /** Drops what is volatile (cache fields, the time of the last write) before a state is compared with the service's. */
  readonly normalise?: (state: State, key: string) => unknown;
  /** Names of the reference tables that `context.lookup` may ask; the incident file says where they are. */
  readonly lookups?: readonly string[];
  readonly deduplicate?: Deduplication<Value>;
  /**
   * What kind of event it is, so that a check of the worker can say which kinds it has seen. By default a header or a field
   * that usually says it: `type`, `eventType`, `kind`, `op` and the like; else the topic.
   */
  readonly eventType?: (event: WorkerEvent<Value>) => string;
}

/** The handler, or the handlers of several stretches of event time. */
type Handlers<Handler> =
  | { readonly evolve: Handler; readonly versions?: never }
  | { readonly versions: readonly ValidityRange<Handler>[]; readonly evolve?: never };

/** With an initial state a handler always finds one; without, it may find undefined. */
interface WithInitial<State> {
  /** The state of a key that has none yet. Called anew for each reading event, and not stored until the handler sets it. */
  readonly initial: (key: string) => State;
}
interface WithoutInitial {
  readonly initial?: never;
}

interface KeyOf<Value> {
  readonly key: (event: WorkerEvent<Value>) => string;
  readonly keys?: never;
}
interface KeysOf<Value> {
  readonly keys: (event: WorkerEvent<Value>) => readonly string[];
  readonly key?: never;
}

/** A worker whose events name one key each: `evolve` takes the state and returns the next. */
export type SingleKeyWorker<Value, State> = WorkerCommon<Value, State> &
  KeyOf<Value> &
  WithoutInitial &
  Handlers<SingleKeyHandler<Value, State>>;

export type SingleKeyWorkerWithInitial<Value, State> = WorkerCommon<Value, State> &
  KeyOf<Value> &
  WithInitial<State> &
  Handlers<SingleKeyHandler<Value, State, never>>;

/** A worker whose events name several keys: `evolve` reads and writes their states. */
export type ManyKeysWorker<Value, State> = WorkerCommon<Value, State> &
  KeysOf<Value> &
  WithoutInitial &
  Handlers<ManyKeysHandler<Value, State>>;

export type ManyKeysWorkerWithInitial<Value, State> = WorkerCommon<Value, State> &
  KeysOf<Value> &
  WithInitial<State> &
  Handlers<ManyKeysHandler<Value, State, never>>;

/** What a user writes, and `defineWorker` checks: a fold with outputs. */
export type WorkerDefinition<Value = unknown, State = unknown> =
  | SingleKeyWorker<Value, State>
  | SingleKeyWorkerWithInitial<Value, State>
  | ManyKeysWorker<Value, State>
  | ManyKeysWorkerWithInitial<Value, State>;

/** A definition that `defineWorker` accepted; the type is erased so that workers of every kind go the same way. */
export interface Worker extends WorkerCommon<never, never> {
  readonly initial?: (key: string) => unknown;
  readonly definition: WorkerDefinition<never, never>;
}
