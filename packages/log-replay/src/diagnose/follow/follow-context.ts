import type { RecordedOutput } from '@eventmend/core';
import {
  type FaultKind,
  type OpenWorker,
  OrderIndependentKeys,
  OutputValues,
  type RecordedEventRef,
  type StateView,
} from '@eventmend/core/engine';
import { businessIdIn } from '@eventmend/core/rows';
import { callWorker, type CalledWorker, type WorkerAnswer } from './call-worker.js';
import type { Fault, ObservedDifference, Undetermined } from '../fault.js';
import { newTally, type FollowRequest, type FollowTally } from './follow-request.js';
import { AccusedEvents, reachesStates } from './accusations.js';
import { Consequences } from './consequences.js';
import { DrawnResults } from './drawn-results.js';
import { DeferredFaults, type HeldFault } from './deferred-faults.js';
import { HandledAhead } from './explained-by-ahead.js';
import { HolesPassed } from './holes-passed.js';
import { OpenEvents } from './open-events.js';
import { ConflictLedger } from './order-conflicts.js';
import { RecentHandlings, type RecentHandling } from './recent-handlings.js';
import type { AskedFromStates } from './other-states.js';
import { PossibleHistories, type OpenQuestion } from './possible-histories.js';
import { Revelations } from './revealed-fields.js';
import { SaidOnce } from './said-otherwise.js';
import { Speech } from './speech.js';
import { StateDoubts } from './state-doubts.js';
import { UnplacedEvents } from './unplaced-events.js';
import { ExpectedAndLiveStates } from './expected-and-live-states.js';
import { describeRef } from '../records/handling.js';
import { refOf } from './event-ref.js';
import { behindHole, orderNotDetermined, perhapsDrawn, perhapsOlder, perhapsRepeated } from './undecided.js';
import type { WalkedEvent } from './walk-log.js';

/** So many accusations wait although nothing speaks against them yet: by then it would have. */
const heldAtMost = 5000;

/** What the steps of following a service share: the states, what is out of step, and where findings go. */
export class FollowContext {
  readonly request: FollowRequest;
  readonly instance: OpenWorker;
  readonly states = new ExpectedAndLiveStates();
  readonly accused = new AccusedEvents();
  readonly doubts: StateDoubts;
  /** By what stands behind them: handlings that differ, and were right from the states that the service had. */
  readonly consequences = new Consequences();
  readonly open: OpenEvents;
  readonly recent = new RecentHandlings();
  readonly conflicts = new ConflictLedger<RecentHandling>();
  readonly revelations: Revelations;
  readonly #outputValues: OutputValues;
  readonly #drawn = new DrawnResults(
    (walked, view) => this.#ask(walked, view),
    () => {
      this.sometimesSilent = true;
    },
  );
  /** Known only where the order of the partitions is an assumed one; else it makes no difference. */
  readonly independent: OrderIndependentKeys | null;
  readonly tally: FollowTally = newTally();
  /** The worker gives no outputs for some events, depending on the state perhaps: then their absence shows less. */
  sometimesSilent = false;
  readonly #speech = new Speech();
  /** Events that left no record, nor an entry in a ledger. */
  readonly unplaced = new UnplacedEvents();
  /** Events from before the records, taken for handled in their place. */
  readonly placedByGuess = new UnplacedEvents();
  /** At the end, events of which perhaps only outputs lack. */
  readonly #perhapsHandled = new UnplacedEvents();
  /** First handlings whose records are not what the handler makes of the states that the service was thought to have. */
  readonly unexpected = new UnplacedEvents();
  /** The same, by name. */
  readonly differing = new Set<string>();
  readonly #holes: HolesPassed;
  /** Events that came again with other records, by name. */
  readonly handledAgain = new Set<string>();
  /** What was recorded of events that the log does not hold, by name; the last ones. */
  readonly unknownRecords = new Map<string, readonly RecordedOutput[]>();
  /** Null where there are no outputs to leave anything open. */
  readonly histories: PossibleHistories | null;
  /** Accusations of wrong results that rest on states. */
  readonly #wrong: HeldFault[] = [];
  /** What events without records explain if they were handled ahead of others, in their own partitions. */
  readonly handledAhead = new HandledAhead();
  areKeysConnected = false;
  /** What the handler is asked with from states that the service may have had. */
  readonly askedFromStates: AskedFromStates;
  readonly saidOnce = new SaidOnce();
  /** The same, asked when all states were seen. */
  readonly saidOnceInTheEnd = new SaidOnce();
  /** What was asked of records that came again. */
  readonly askedAgain: OpenQuestion[] = [];
  readonly #held = new DeferredFaults();
  /** Held ones that were thought to hold whatever the states were, and do not. */
  readonly #refuted = new Set<HeldFault>();

  constructor(request: FollowRequest) {
    this.request = request;
    this.instance = request.inputs.instance;
    this.#holes = new HolesPassed(request);
    const idOf = request.recordsBy === 'id' ? businessIdOf : () => null;
    const places = request.spec.partitions.length;
    this.open = new OpenEvents(places, idOf, (walked) => this.copyIdOf(walked));
    this.independent = request.orderJudged === 'canonical' ? null : new OrderIndependentKeys();
    this.doubts = new StateDoubts(request, this.independent, this.instance.worker.deduplicate !== undefined);
    const { outputs } = this.instance.worker;
    this.revelations = new Revelations(outputs);
    this.#outputValues = new OutputValues(outputs);
    this.histories = request.hasOutputs ? this.#openHistories() : null;
    this.askedFromStates = {
      stateOf: (key) => this.states.liveState(key),
      otherKeys: () => this.recent.lastKeys(),
      statesSeen: () => this.states.seen.all,
      call: (walked, view) => this.call(walked, view),
    };
  }

  /** True where every handling shows in outputs, as far as these have begun, and a live state shows what they lead to. */
  get isDecidedByStates(): boolean {
    const { hasLedger, live, readUpTo } = this.request;
    return !hasLedger && live !== null && readUpTo !== null && this.#isShownByOutputs;
  }

  /** True where nothing but what is recorded as lost may lack: every handling shows in outputs that hide nothing. */
  get #isShownByOutputs(): boolean {
    const { hasOutputs, beginsLate } = this.request;
    // A wrong result may hide behind what is rounded, and an event behind one from before with its business id.
    const mayBeCopies = beginsLate && this.instance.worker.deduplicate !== undefined;
    return hasOutputs && !this.hasHoles && !mayBeCopies && this.revelations.roundedFields.length === 0;
  }

  /** True where the histories of events without records are all that may have happened besides what the records show. */
  get #areHistoriesWhole(): boolean {
    const { beginsLate, outputsFrom } = this.request;
    if (beginsLate || outputsFrom !== null || this.sometimesSilent) return false;
    return this.mayHandleAhead && this.#isShownByOutputs && this.tally.unwitnessed === 0 && this.tally.silent === 0;
  }

  /** True where an event may have been handled before its records show that its partition was passed. */
  get mayHandleAhead(): boolean {
    return this.request.apart && this.histories !== null;
  }

  #openHistories(): PossibleHistories {
    const { states, revelations } = this;
    const call = (walked: WalkedEvent, view: StateView) => this.call(walked, view);
    const onLost = (walked: WalkedEvent): void => {
      this.handledAhead.lose(walked, this.tally.handlings);
    };
    return new PossibleHistories({ states, tolerancesOf: revelations.tolerancesOf, call, onLost });
  }

  /** An event was passed that carries states from one of its keys to another, and over partitions. */
  connect(walked: WalkedEvent): void {
    const { place, keys } = walked;
    this.doubts.passed(walked);
    if (keys.length > 1) {
      this.areKeysConnected = true;
      for (const events of [this.unplaced, this.placedByGuess, this.unexpected]) events.connect();
    }
    this.independent?.connect(
      place,
      keys.map((key) => ({ key })),
    );
  }

  /** Notes what the handler sends for an event: some events may leave no outputs. */
  noteSpeech({ keys }: WalkedEvent, outputs: CalledWorker['outputs']): void {
    this.sometimesSilent ||= this.#speech.maySilenceFollow(keys, outputs);
  }

  /** Calls the worker on the right states, or on those that the service is believed to have. */
  call(walked: WalkedEvent, view: StateView): WorkerAnswer | Promise<WorkerAnswer> {
    const answer = this.#ask(walked, view);
    if (!(answer instanceof Promise)) return this.#drawn.look(walked, view, answer);
    return answer.then((given) => this.#drawn.look(walked, view, given));
  }

  #ask(walked: WalkedEvent, view: StateView): WorkerAnswer | Promise<WorkerAnswer> {
    this.request.control.enter(walked.place, walked.offset);
    // The host of a process applies the time limit itself.
    if (this.instance.mode === 'batches') this.request.control.idle();
    return callWorker(this.instance, walked, view, this.#outputValues);
  }

  fault(
    kind: FaultKind,
    walked: WalkedEvent,
    evidence: string,
    more: {
      readonly other?: RecordedEventRef;
      /** The events of which one is the faulty one; absent for the event itself. */
      readonly accused?: readonly WalkedEvent[];
      readonly difference?: ObservedDifference;
      /** It holds whatever the states were: the ledger alone says so, or an output that depends on none. */
      readonly fromAnyState?: boolean;
      /** Asks once more what shows that, from the states that were seen since. */
      readonly holdsStill?: () => Promise<boolean>;
    } = {},
  ): void {
    const { fromAnyState = false, holdsStill, accused = [walked] } = more;
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
    if (kind === 'wrong' && !fromAnyState && this.#drawn.reach(walked)) {
      this.cannotTell(walked, perhapsDrawn);
      return;
    }
    const restsOnStates = !fromAnyState && kind !== 'out-of-order';
    const held: HeldFault = {
      ...{ fault, walked, turn: this.tally.handlings, restsOnStates },
      accusations: accused.map((one) => this.accused.of(one)),
      ...(fromAnyState && holdsStill !== undefined && { holdsStill }),
    };
    if (restsOnStates && kind === 'wrong' && this.independent !== null) this.#wrong.push(held);
    if (restsOnStates && this.#restsOnSilence(held)) this.cannotTell(walked, perhapsOlder);
    else if (!this.#held.add(held) && !restsOnStates) this.#tell(held);
    if (this.#held.size > heldAtMost && !this.#mayBeObjectedTo()) this.releaseHeld();
  }

  /** Where events leave no record at all, what differs may come of one of them: missed, early, late, or with another result. */
  #restsOnSilence({ fault: { kind }, walked }: HeldFault): boolean {
    switch (kind) {
      case 'not-sent':
        return this.sometimesSilent;
      case 'wrong':
        // An event whose records are not the expected ones may have been handled before them too, without a trace.
        return this.unplaced.reach(walked) || (this.sometimesSilent && this.unexpected.reach(walked));
      case 'missed':
        // An event that seems missed may have been handled early, where it left nothing but another state.
        return this.unplaced.reach(walked) || (this.sometimesSilent && this.unexpected.reach(walked));
      default:
        return false;
    }
  }

  #tell({ fault, walked, accusations }: HeldFault): void {
    if (reachesStates(fault)) for (const accusation of accusations) accusation.isTold = true;
    this.request.log.fault(fault);
    this.request.onFault(fault.kind, walked);
  }

  get holdsAny(): boolean {
    return this.#held.size > 0;
  }

  #mayBeObjectedTo(): boolean {
    return this.independent !== null || this.hasHoles || this.sometimesSilent || this.request.hasLedger;
  }

  /** Asks handlers once more from states that were seen only later. */
  async askAgain(): Promise<void> {
    if (this.states.seen.all.length === 0) return;
    for (const held of this.#held.asked()) if (!(await held.holdsStill())) this.#refuted.add(held);
  }

  /** Tells what was held back, now that everything has been seen. */
  releaseHeld(): void {
    const { log } = this.request;
    const unclear = [...this.open.all()].flatMap(({ walked, finding }) => (finding === 'unclear' ? [walked] : []));
    for (const walked of unclear) this.#perhapsHandled.add(walked);
    this.handledAhead.close(unclear);
    if (this.areKeysConnected) this.#perhapsHandled.connect();
    const { faults, undetermined } = this.#held.release((held) => this.#objectionTo(held));
    for (const held of faults) this.#tell(held);
    for (const one of undetermined) log.undetermined(one);
    if (this.#held.dropped === 0) return;
    log.undetermined({ event: null, key: null, suspicion: 'any', ...orderNotDetermined });
  }

  /** Why an accusation does not hold in every permissible explanation; null where it does. */
  #objectionTo(held: HeldFault): Pick<Undetermined, 'reason' | 'missing'> | null {
    const { fault, walked, turn, restsOnStates } = held;
    const { partitionLocal, sequenceKnown, recordsBy } = this.request;
    if (this.#refuted.has(held)) return orderNotDetermined;
    if (!restsOnStates) return null;
    if (this.#restsOnSilence(held)) return perhapsOlder;
    // The outputs that were taken for those of the first handling may be those of the second one.
    if (fault.kind === 'wrong' && this.handledAgain.has(describeRef(fault.event))) return perhapsRepeated;
    if (this.hasHoles && !partitionLocal && (!sequenceKnown || this.#holes.mayBeHandledAt(turn))) return behindHole;
    const { independent } = this;
    if (independent === null) return null;
    const { unplaced, placedByGuess } = this;
    if (recordsBy === 'id' && (unplaced.any || placedByGuess.any)) return orderNotDetermined;
    if (fault.keys.every((key) => independent.has(key))) return null;
    // At another time it may have given no outputs itself.
    const isPerhapsSilent = fault.kind === 'missed' && this.sometimesSilent;
    const isReached =
      isPerhapsSilent || unplaced.reach(walked) || placedByGuess.reach(walked) || this.#isPerhapsReached(held);
    return sequenceKnown && !isReached && !this.handledAhead.isExplained(fault.kind, walked)
      ? null
      : orderNotDetermined;
  }

  /** True where an event that was perhaps handled without records may have changed what an accusation rests on. */
  #isPerhapsReached({ fault, walked, turn }: HeldFault): boolean {
    if (!this.#perhapsHandled.reach(walked)) return false;
    if (fault.kind !== 'wrong' || !this.#areHistoriesWhole) return true;
    // Up to where such an event is lost sight of, results are held against all histories in which it was handled.
    return this.handledAhead.isLostBefore(turn, this.areKeysConnected ? null : walked.keys);
  }

  /** The wrong results that rest on states, of handlings from a turn on. */
  wrongSince(turn: number): readonly WalkedEvent[] {
    return this.#wrong.filter((held) => held.turn > turn).map(({ walked }) => walked);
  }

  /** An event of a place was handled: what holes before it held was handled by then. */
  noteTurn(walked: WalkedEvent): void {
    this.#holes.handled(walked, this.tally.handlings);
  }

  get hasHoles(): boolean {
    return this.#holes.any;
  }

  /**
   * Behind a hole, what the service had of a key is a guess until an output reveals it: behind one of its own partition, or
   * behind any, where events may touch keys of other partitions too.
   */
  enterFog(walked: WalkedEvent): void {
    for (const key of this.#holes.newlyBehind(walked)) {
      const apart = this.states.part(key);
      apart.standing = 'guessed';
      // Of two states that were possible, neither need be the one behind it.
      delete apart.other;
    }
  }

  /** The business id under which an event may come again. */
  copyIdOf({ event, fault }: WalkedEvent): string | null {
    if (this.instance.worker.deduplicate === undefined || fault !== null) return null;
    return this.instance.deduplicationId(event);
  }

  /** True where another delivery under the same business id may lie where nobody can see it. */
  mayBeCopy(walked: WalkedEvent): boolean {
    return (this.request.beginsLate || this.#holes.mayHoldCopyOf(walked)) && this.copyIdOf(walked) !== null;
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

export function businessIdOf({ event }: WalkedEvent): string | null {
  return businessIdIn(event.headers);
}
