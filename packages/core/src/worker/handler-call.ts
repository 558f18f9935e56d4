import type { RecoveryError } from '../model/errors/recovery-error.js';
import { canonicalIdentity } from '../model/event/event-identity.js';
import { copyPlain } from '../model/json/copy-plain.js';
import { countNegativeZeros, hasHiddenParts, notPlainJson } from '../model/json/plain-json.js';
import { isWellFormedText } from '../model/json/well-formed-text.js';
import { randomBlock, randomOfBlock, randomOfDraw } from './derive-random.js';
import { freezeDeeply } from './freeze-deeply.js';
import type { InstanceSettings } from './instance-settings.js';
import {
  nothingReturned,
  nothingSet,
  notPlainOutput,
  notPlainState,
  undeclaredKey,
  undeclaredTable,
  unusableOutput,
  usedTooLate,
  valueReturned,
  type Refusal,
} from './refusals.js';
import type { EmittedOutput, HandlerEffects, StateView } from './worker-instance.js';
import { workerFailure } from './worker-failures.js';
import { deleted, type EmitOptions, type StatesOfKeys, type WorkerContext, type WorkerEvent } from './worker.js';

/** Bits of a slot: what happened to the state of one key during the call. */
const readBit = 1;
const keptBit = 2;
const writtenBit = 4;
const removedBit = 8;

/** Above this many keys an index by name beats looking through the list. */
const linearKeys = 16;

/** What only a close look shows is looked for in the first values, where a wrong handler shows itself, and then in some. */
const closeLooksAtFirst = 1000;
const closeLookMask = 1023;

/** One key of the event; once it is written, `key` and `state` are its entry among the effects. */
interface Slot {
  key: string;
  /** What was written, undefined for a deletion. Of no meaning before. */
  state: unknown;
  /** What was read, where reading again would make another object: an initial or decoded state. */
  kept: unknown;
  bits: number;
}

/**
 * What a handler sees and does during one event: one slot a key, and the effects so far. A frame is used again for the next
 * event, since making one costs more than a small handler; an async handler has one of its own, because it may outlive its
 * event by mistake. Fields are private by type only, and little is stored a call: both are measurably faster.
 */
export class HandlerCall {
  readonly states: StatesOfKeys<unknown>;
  readonly context: WorkerContext;
  /**
   * The first rule that the handler broke, or what the store threw while it was read: it counts even when the handler
   * swallowed it. Null when there is none.
   */
  violation: unknown = null;
  negativeZeros = 0;

  private readonly settings: InstanceSettings;
  private readonly slots: Slot[] = [];
  private readonly writes: Slot[] = [];
  private readonly outputs: EmittedOutput[] = [];
  private readonly reads: string[] = [];
  private readonly effects = { writes: this.writes, outputs: this.outputs, reads: this.reads, drew: false };
  private open = false;
  private event: WorkerEvent | null = null;
  private keys: readonly string[] = [];
  private slotByKey: Map<string, Slot> | null = null;
  private now = 0;
  private view: StateView | null = null;
  private writeCount = 0;
  private readCount = 0;
  private outputCount = 0;
  private randomCalls = 0;
  private randomBlock: Buffer | null = null;

  constructor(settings: InstanceSettings) {
    this.settings = settings;
    // Closures, made once a frame: handlers may take the functions out of the objects.
    this.states = Object.freeze<StatesOfKeys<unknown>>({
      get: (key) => this.read(this.slotOf(key)),
      set: (key, state) => this.set(key, state),
      delete: (key) => this.write(this.slotOf(key), undefined, true),
    });
    const now = () => this.now;
    this.context = Object.freeze<WorkerContext>({
      get now() {
        return now();
      },
      replaying: settings.replaying,
      emit: (output, value, options) => this.emit(output, value, options),
      random: () => this.random(),
      lookup: (table, key) => this.lookup(table, key),
    });
  }

  begin(event: WorkerEvent, keys: readonly string[], now: number, view: StateView): void {
    this.violation = null;
    this.negativeZeros = 0;
    this.event = event;
    this.keys = keys;
    this.now = now;
    this.view = view;
    this.writeCount = 0;
    this.readCount = 0;
    this.outputCount = 0;
    this.randomCalls = 0;
    this.randomBlock = null;
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      const slot = this.slots[index];
      if (slot === undefined) this.slots[index] = { key, state: undefined, kept: undefined, bits: 0 };
      else {
        slot.key = key;
        slot.bits = 0;
      }
    }
    this.slotByKey =
      keys.length > linearKeys ? new Map(keys.map((key, index) => [key, this.slots[index] as Slot])) : null;
    this.open = true;
  }

  /** From here on the handler's states and context throw. */
  close(): void {
    this.open = false;
  }

  /** The state of the first key, which a single-key handler is given. */
  firstState(): unknown {
    return this.read(this.slots[0] as Slot);
  }

  /** Takes what a single-key handler returned as the next state of the first key. */
  takeReturned(state: unknown): void {
    if (state === undefined) {
      this.refuse(nothingReturned(this.keys[0]));
    }
    this.write(this.slots[0] as Slot, state === deleted ? undefined : state, state === deleted);
  }

  /** Refuses what a handler of many keys returned, because it would be lost. */
  refuseReturned(): void {
    this.refuse(valueReturned());
  }

  /** The effects, checked. Throws the violation when there was one. */
  finish(): HandlerEffects {
    if (this.violation !== null) throw this.violation;
    for (let index = 0; index < this.writeCount; index++) {
      const slot = this.writes[index] as Slot;
      if (!(slot.bits & removedBit)) this.makeStored(slot);
    }
    if (this.writes.length !== this.writeCount) this.writes.length = this.writeCount;
    if (this.reads.length !== this.readCount) this.reads.length = this.readCount;
    if (this.outputs.length !== this.outputCount) this.outputs.length = this.outputCount;
    this.effects.drew = this.randomCalls > 0;
    return this.effects;
  }

  private slotOf(key: string): Slot {
    if (!this.open) this.refuseLateUse();
    if (this.slotByKey !== null) return this.slotByKey.get(key) ?? this.refuse(undeclaredKey(key, this.keys));
    const { slots } = this;
    for (let index = 0; index < this.keys.length; index++) {
      const slot = slots[index] as Slot;
      if (slot.key === key) return slot;
    }
    return this.refuse(undeclaredKey(key, this.keys));
  }

  private read(slot: Slot): unknown {
    const { bits, key } = slot;
    if (bits & removedBit) return this.settings.initial?.(key);
    if (bits & writtenBit) return slot.state;
    if (bits & keptBit) return slot.kept;
    if (!(bits & readBit)) this.reads[this.readCount++] = key;
    slot.bits = bits | readBit;
    const stored = this.storedState(key);
    const { initial, decode, freezing } = this.settings;
    if (stored !== undefined && decode === undefined) {
      if (freezing) freezeDeeply(stored);
      return stored;
    }
    const state = stored === undefined ? initial?.(key) : decode?.(stored);
    if (freezing) freezeDeeply(state);
    slot.kept = state;
    slot.bits = bits | readBit | keptBit;
    return state;
  }

  private storedState(key: string): unknown {
    try {
      return (this.view as StateView).read(key);
    } catch (error) {
      this.violation ??= error;
      throw error;
    }
  }

  private set(key: string, state: unknown): void {
    const slot = this.slotOf(key);
    if (state === undefined) {
      this.refuse(nothingSet(key));
    }
    this.write(slot, state, false);
  }

  private write(slot: Slot, state: unknown, remove: boolean): void {
    if (!(slot.bits & writtenBit)) this.writes[this.writeCount++] = slot;
    slot.state = state;
    slot.bits = remove ? slot.bits | writtenBit | removedBit : (slot.bits | writtenBit) & ~removedBit;
  }

  private emit(output: string, value: unknown, options: EmitOptions | undefined): void {
    if (!this.open) this.refuseLateUse();
    // The event's own keys were looked at when they were derived.
    const first = this.keys[0] as string;
    const key = options?.key ?? first;
    const businessId = options?.id ?? null;
    if (typeof output !== 'string' || output === '') this.refuse(unusableOutput(output, 'it has no name'));
    if (key !== first && !isWellFormedText(key)) this.refuse(unusableOutput(output, 'its key is not well-formed text'));
    if (businessId !== null && !isWellFormedText(businessId)) {
      this.refuse(unusableOutput(output, 'its id is not well-formed text'));
    }
    const zeros = this.verdict(value);
    if (zeros < 0) this.refuse(notPlainOutput(output, value));
    this.negativeZeros += zeros;
    this.outputs[this.outputCount++] = { output, key, businessId, value: copyPlain(value) };
  }

  /** Brings a written state into the form in which it is stored: encoded where there is a codec, plain, without -0. */
  private makeStored(slot: Slot): void {
    const { encode } = this.settings;
    if (encode !== undefined) slot.state = encode(slot.state);
    const zeros = this.verdict(slot.state);
    if (zeros === 0) return;
    if (zeros < 0) this.refuse(notPlainState(slot.key, slot.state));
    this.negativeZeros += zeros;
    slot.state = JSON.parse(JSON.stringify(slot.state)) as unknown;
  }

  private verdict(value: unknown): number {
    const zeros = countNegativeZeros(value);
    if (zeros < 0 || typeof value !== 'object') return zeros;
    const looked = this.settings.valuesChecked++;
    if (looked >= closeLooksAtFirst && (looked & closeLookMask) !== 0) return zeros;
    return hasHiddenParts(value) ? notPlainJson : zeros;
  }

  private random(): number {
    if (!this.open) this.refuseLateUse();
    const call = this.randomCalls++;
    const { name } = this.settings.worker;
    const identity = (): string => canonicalIdentity({ kind: 'log', ...(this.event as WorkerEvent) });
    const draw = this.view?.draw;
    if (draw !== undefined) return randomOfDraw(name, identity(), draw, call);
    if (this.randomBlock === null || call % 4 === 0) {
      this.randomBlock = randomBlock(name, identity(), Math.floor(call / 4));
    }
    return randomOfBlock(this.randomBlock, call % 4);
  }

  private lookup(table: string, key: string): unknown {
    if (!this.open) this.refuseLateUse();
    const rows = this.settings.lookups[table];
    if (rows === undefined || this.settings.worker.lookups?.includes(table) !== true) {
      this.refuse(undeclaredTable(table));
    }
    return rows.at(key, this.now);
  }

  private refuseLateUse(): never {
    throw this.errorOf(usedTooLate());
  }

  private refuse(refusal: Refusal): never {
    const error = this.errorOf(refusal);
    this.violation ??= error;
    throw error;
  }

  private errorOf({ code, what, ...extras }: Refusal): RecoveryError {
    return workerFailure(code, this.settings.worker, this.event as WorkerEvent, what, { keys: this.keys, ...extras });
  }
}
