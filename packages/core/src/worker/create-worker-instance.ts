import { RecoveryError } from '../model/errors/recovery-error.js';
import { describeTime } from '../model/event/describe-time.js';
import type { EventPage } from '../model/log/event-page.js';
import type { PartitionId } from '../model/log/partition-id.js';
import { deduplicationIdOf } from './deduplication-id.js';
import { deriveKeys } from './derive-keys.js';
import { rehearse, triedToChangeFrozen, type ChangedInput, type Rehearsal } from './find-changed-input.js';
import { HandlerCall } from './handler-call.js';
import type { InstanceSettings } from './instance-settings.js';
import { checkTimeZone } from './local-time-zone.js';
import { makeWorkerEvent } from './make-worker-event.js';
import type { ReferenceTables } from './reference-data.js';
import { handlerVersions, selectVersion, type ErasedHandler, type HandlerVersion } from './select-version.js';
import type { HandlerEffects, StateView, WorkerInstance } from './worker-instance.js';
import { describeThrown, quoteKey, workerFailure } from './worker-failures.js';
import type { Worker, WorkerEvent } from './worker.js';

export interface WorkerInstanceOptions {
  /** Loaded reference data for every name in the worker's `lookups`. */
  readonly lookups?: ReferenceTables;
  /** What `context.replaying` says: true in every recovery, proof and verification (the default), false in a live host. */
  readonly replaying?: boolean;
  /** Where a write to a frozen input may be swallowed, it is looked for while inputs are frozen. True by default. */
  readonly mayBeSloppy?: boolean;
}

/**
 * Makes a worker ready to be called.
 * @throws RecoveryError `invalid-reference-data` when the data of a declared lookup is not there; `other-time-zone`.
 */
export function createWorkerInstance(worker: Worker, options: WorkerInstanceOptions = {}): WorkerInstance {
  checkTimeZone(worker);
  const lookups = options.lookups ?? {};
  for (const table of worker.lookups ?? []) {
    if (Object.hasOwn(lookups, table)) continue;
    throw new RecoveryError(
      'invalid-reference-data',
      `worker ${worker.name} declares the lookup ${quoteKey(table)}, and no file is given for it`,
      {
        hint: `name its file in the incident: references: { ${table}: path }`,
      },
    );
  }
  return new CheckedWorker(worker, lookups, options.replaying ?? true, options.mayBeSloppy ?? true);
}

class CheckedWorker implements WorkerInstance {
  readonly mode = 'events';
  readonly worker: Worker;
  negativeZeros = 0;
  private readonly settings: InstanceSettings;
  private readonly single: boolean;
  private readonly versions: readonly HandlerVersion[];
  private version: HandlerVersion | undefined;
  private call: HandlerCall;
  private async = false;

  constructor(worker: Worker, lookups: ReferenceTables, replaying: boolean, mayBeSloppy: boolean) {
    const codec = worker.codec as { encode(state: unknown): unknown; decode(json: unknown): unknown } | undefined;
    this.worker = worker;
    this.settings = {
      worker,
      lookups,
      replaying,
      initial: worker.initial,
      encode: codec === undefined ? undefined : (state) => codec.encode(state),
      decode: codec === undefined ? undefined : (json) => codec.decode(json),
      freezing: false,
      watchingWrites: mayBeSloppy,
      valuesChecked: 0,
    };
    this.single = worker.definition.key !== undefined;
    this.versions = handlerVersions(worker);
    this.version = this.versions[0];
    this.call = new HandlerCall(this.settings);
  }

  event(page: EventPage, index: number, partition: PartitionId): WorkerEvent {
    return makeWorkerEvent(this.worker, page, index, partition, this.settings.freezing);
  }

  keys(event: WorkerEvent): readonly string[] {
    return deriveKeys(this.worker, event);
  }

  deduplicationId(event: WorkerEvent): string | null {
    return deduplicationIdOf(this.worker, event);
  }

  decodeState(stored: unknown): unknown {
    const { decode } = this.settings;
    return decode === undefined ? stored : decode(stored);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  freezeInputs(freeze: boolean): void {
    this.settings.freezing = freeze;
  }

  invoke(
    event: WorkerEvent,
    keys: readonly string[],
    now: number,
    states: StateView,
  ): HandlerEffects | Promise<HandlerEffects> {
    const handler = this.handlerAt(now, event);
    const call = this.async ? new HandlerCall(this.settings) : this.call;
    call.begin(event, keys, now, states);
    let returned: unknown;
    let effects: HandlerEffects | null = null;
    try {
      returned = handler(this.single ? call.firstState() : call.states, event, call.context);
      if (!isThenable(returned)) effects = this.effects(call, returned);
    } catch (thrown) {
      call.close();
      const rehearsal = this.rehearsalOf(thrown, call, handler, event, keys, now, states);
      if (rehearsal !== null) void ignoreFailure(rehearsal.run);
      throw this.failure(thrown, call, event, keys, rehearsal);
    }
    if (effects !== null) {
      const rehearsal = this.rehearsalOfSwallowed(handler, event, keys, now, states);
      if (rehearsal !== null) void ignoreFailure(rehearsal.run);
      this.refuseChanged(rehearsal, event, keys);
      return effects;
    }
    // What an async handler keeps of its frame must not reach the next event.
    this.async = true;
    return this.settle(returned as PromiseLike<unknown>, call, handler, event, keys, now, states);
  }

  private async settle(
    pending: PromiseLike<unknown>,
    call: HandlerCall,
    handler: ErasedHandler,
    event: WorkerEvent,
    keys: readonly string[],
    now: number,
    states: StateView,
  ): Promise<HandlerEffects> {
    let effects: HandlerEffects;
    try {
      effects = this.effects(call, await pending);
    } catch (thrown) {
      call.close();
      const rehearsal = this.rehearsalOf(thrown, call, handler, event, keys, now, states);
      if (rehearsal !== null) await ignoreFailure(rehearsal.run);
      throw this.failure(thrown, call, event, keys, rehearsal);
    }
    const rehearsal = this.rehearsalOfSwallowed(handler, event, keys, now, states);
    if (rehearsal !== null) await ignoreFailure(rehearsal.run);
    this.refuseChanged(rehearsal, event, keys);
    return effects;
  }

  /** Code that is not strict goes on where it writes to frozen data, and the write is lost: a second call on copies shows it. */
  private rehearsalOfSwallowed(
    handler: ErasedHandler,
    event: WorkerEvent,
    keys: readonly string[],
    now: number,
    states: StateView,
  ): Rehearsal | null {
    const { freezing, watchingWrites } = this.settings;
    if (!freezing || !watchingWrites) return null;
    return rehearse({ settings: this.settings, handler, single: this.single, event, keys, now, states });
  }

  private refuseChanged(rehearsal: Rehearsal | null, event: WorkerEvent, keys: readonly string[]): void {
    const changed = rehearsal?.changed() ?? null;
    if (changed !== null) throw this.mutated(changed, event, keys, undefined);
  }

  private mutated(changed: ChangedInput, event: WorkerEvent, keys: readonly string[], cause: unknown): RecoveryError {
    return workerFailure(
      'input-mutated',
      this.worker,
      event,
      `it changed ${changed.what} in place, at ${changed.path}`,
      {
        hint: 'build a new object instead: states and events may be shared with what is stored',
        cause,
        keys: changed.key === null ? keys : [changed.key],
        path: changed.path,
      },
    );
  }

  /** A TypeError over frozen data is looked into by a second call on copies, which shows what the handler changes. */
  private rehearsalOf(
    thrown: unknown,
    call: HandlerCall,
    handler: ErasedHandler,
    event: WorkerEvent,
    keys: readonly string[],
    now: number,
    states: StateView,
  ): Rehearsal | null {
    if (!this.settings.freezing || call.violation !== null || !triedToChangeFrozen(thrown)) return null;
    return rehearse({ settings: this.settings, handler, single: this.single, event, keys, now, states });
  }

  private effects(call: HandlerCall, returned: unknown): HandlerEffects {
    if (this.single) call.takeReturned(returned);
    else if (returned !== undefined) call.refuseReturned();
    call.close();
    const effects = call.finish();
    if (call.negativeZeros > 0) this.negativeZeros += call.negativeZeros;
    return effects;
  }

  private handlerAt(now: number, event: WorkerEvent): ErasedHandler {
    const current = this.version;
    if (current !== undefined && now >= current.from && now < current.until) return current.evolve;
    this.version = selectVersion(this.versions, now);
    if (this.version !== undefined) return this.version.evolve;
    throw workerFailure(
      'no-valid-worker-version',
      this.worker,
      event,
      `no version of it is valid for its time, ${describeTime(now)}`,
      {
        hint: 'let the ranges of `versions` cover the time of every event; the first may have no `from`, the last no `until`',
      },
    );
  }

  private failure(
    thrown: unknown,
    call: HandlerCall,
    event: WorkerEvent,
    keys: readonly string[],
    rehearsal: Rehearsal | null,
  ): unknown {
    if (call.violation !== null) return call.violation;
    const changed = rehearsal?.changed() ?? null;
    if (changed !== null) return this.mutated(changed, event, keys, thrown);
    const what = `it threw ${describeThrown(thrown)} (keys ${keys.slice(0, 5).map(quoteKey).join(', ')})`;
    return workerFailure('worker-failed', this.worker, event, what, {
      hint: 'mend the handler and plan again, or let poison: quarantine-event park such events',
      cause: thrown,
      keys,
    });
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

async function ignoreFailure(run: () => unknown): Promise<void> {
  try {
    await run();
  } catch {
    // The first call's failure is the one that counts.
  }
}
