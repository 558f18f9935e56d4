import { type RecordedEventRef, type OpenWorker, OrderIndependentKeys, type FaultKind } from '@eventmend/core/engine';
import { businessIdIn } from '@eventmend/core/rows';
import { callWorker, type WorkerAnswer } from './call-worker.js';
import type { Fault, ObservedDifference, Undetermined } from '../fault.js';
import { newTally, type FollowRequest, type FollowTally } from './follow-request.js';
import { DeferredFaults } from './deferred-faults.js';
import { OpenEvents } from './open-events.js';
import { ConflictLedger } from './order-conflicts.js';
import { RecentHandlings, type RecentHandling } from './recent-handlings.js';
import { Revelations } from './revealed-fields.js';
import { ExpectedAndLiveStates } from './expected-and-live-states.js';
import type { WalkedEvent } from './walk-log.js';

/** What the steps of following a service share: the states, what is out of step, and where findings go. */
export class FollowContext {
  readonly request: FollowRequest;
  readonly instance: OpenWorker;
  readonly states = new ExpectedAndLiveStates();
  readonly open: OpenEvents;
  readonly recent = new RecentHandlings();
  readonly conflicts = new ConflictLedger<RecentHandling>();
  readonly revelations: Revelations;
  /** Known only where the order of the partitions is an assumed one; else it makes no difference. */
  readonly independent: OrderIndependentKeys | null;
  readonly tally: FollowTally = newTally();
  /** The worker gives no outputs for some events, depending on the state perhaps: then their absence shows less. */
  sometimesSilent = false;
  readonly #held = new DeferredFaults();

  constructor(request: FollowRequest) {
    this.request = request;
    this.instance = request.inputs.instance;
    const idOf = request.recordsBy === 'id' ? businessIdOf : () => null;
    const places = request.spec.partitions.length;
    this.open = new OpenEvents(places, idOf);
    this.independent = request.orderJudged === 'canonical' ? null : new OrderIndependentKeys();
    this.revelations = new Revelations(this.instance.worker.outputs);
  }

  /** Calls the worker on the right states, or on those that the service is believed to have. */
  call(walked: WalkedEvent, view: ExpectedAndLiveStates['liveView']): WorkerAnswer | Promise<WorkerAnswer> {
    this.request.control.enter(walked.place, walked.offset);
    // The host of a process applies the time limit itself.
    if (this.instance.mode === 'batches') this.request.control.idle();
    return callWorker(this.instance, walked, view);
  }

  fault(
    kind: FaultKind,
    walked: WalkedEvent,
    evidence: string,
    more: { readonly other?: RecordedEventRef; readonly difference?: ObservedDifference } = {},
  ): void {
    const { now, keys } = walked;
    const fault: Fault = {
      kind,
      event: refOf(walked),
      time: Number.isFinite(now) ? now : null,
      keys,
      other: more.other ?? null,
      evidence,
      difference: more.difference ?? null,
    };
    if (this.#restsOnSilence(kind)) this.#held.add(fault);
    else this.request.log.fault(fault);
    this.request.onFault(kind, walked);
  }

  /** Tells what was held back, now that everything has been seen. */
  releaseHeld(): void {
    if (this.independent === null) return;
    const { log } = this.request;
    const { faults, undetermined } = this.#held.release(this.independent, this.sometimesSilent);
    for (const fault of faults) log.fault(fault);
    for (const one of undetermined) log.undetermined(one);
  }

  #restsOnSilence(kind: FaultKind): boolean {
    if (this.independent === null || this.request.everyHandlingNoted || this.#held.isFull) return false;
    return kind === 'wrong' || kind === 'missed' || kind === 'not-sent';
  }

  cannotTell(walked: WalkedEvent, why: Pick<Undetermined, 'reason' | 'missing'>): void {
    this.tally.notJudged++;
    this.request.log.undetermined({ event: refOf(walked), key: walked.keys[0] ?? null, suspicion: 'any', ...why });
  }

  isOutOfScope({ keys, fault }: WalkedEvent): boolean {
    const { scope } = this.request;
    return scope !== null && fault === null && !keys.some((key) => scope.has(key));
  }

  unknownEvent(what: string): void {
    this.tally.unknownEvents++;
    this.tally.firstUnknownEvent ??= what;
  }
}

export function refOf({ event }: WalkedEvent): RecordedEventRef {
  return { topic: event.topic, partition: event.partition, offset: event.offset };
}

export function businessIdOf({ event }: WalkedEvent): string | null {
  return businessIdIn(event.headers);
}
