import type { RecordedOutput } from '@eventmend/core';
import { type OpenWorker, OrderIndependentKeys, OutputValues, type StateView } from '@eventmend/core/engine';
import { businessIdIn } from '@eventmend/core/rows';
import { callWorker, type CalledWorker, type WorkerAnswer } from './call-worker.js';
import type { Undetermined } from '../fault.js';
import { newTally, type FollowRequest, type FollowTally } from './follow-request.js';
import { AccusedEvents } from './accusations.js';
import { Consequences } from './consequences.js';
import { HandledAhead } from './explained-by-ahead.js';
import { HolesPassed } from './holes-passed.js';
import { LeftToChance } from './left-to-chance.js';
import { OpenEvents } from './open-events.js';
import { ConflictLedger } from './order-conflicts.js';
import { RecentHandlings, type RecentHandling } from './recent-handlings.js';
import type { AskedFromStates } from './other-states.js';
import { PossibleHistories, type OpenQuestion } from './possible-histories.js';
import { PendingAccusations } from './pending-accusations.js';
import { Revelations } from './revealed-fields.js';
import { SaidOnce } from './said-otherwise.js';
import { Speech } from './speech.js';
import { StateDoubts } from './state-doubts.js';
import { UnplacedEvents } from './unplaced-events.js';
import { ExpectedAndLiveStates } from './expected-and-live-states.js';
import { refOf } from './event-ref.js';
import type { WalkedEvent } from './walk-log.js';

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
  readonly chance = new LeftToChance((walked, view) => this.call(walked, view));
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
  /** First handlings whose records are not what the handler makes of the states that the service was thought to have. */
  readonly unexpected = new UnplacedEvents();
  /** The same, by name. */
  readonly differing = new Set<string>();
  readonly holes: HolesPassed;
  /** Events that came again with other records, by name. */
  readonly handledAgain = new Set<string>();
  /** What was recorded of events that the log does not hold, by name; the last ones. */
  readonly unknownRecords = new Map<string, readonly RecordedOutput[]>();
  /** Null where there are no outputs to leave anything open. */
  readonly histories: PossibleHistories | null;
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
  readonly pending = new PendingAccusations(this);

  constructor(request: FollowRequest) {
    this.request = request;
    this.instance = request.inputs.instance;
    this.holes = new HolesPassed(request);
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
  get areHistoriesWhole(): boolean {
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
    this.request.control.enter(walked.place, walked.offset);
    // The host of a process applies the time limit itself.
    if (this.instance.mode === 'batches') this.request.control.idle();
    return callWorker(this.instance, walked, view, this.#outputValues);
  }

  /** Carries the right replay on under other random numbers, to where it stands. */
  async catchUpWithChance(): Promise<void> {
    await this.chance.catchUp();
    this.sometimesSilent ||= this.chance.mayBeSilent;
  }

  /** An event of a place was handled: what holes before it held was handled by then. */
  noteTurn(walked: WalkedEvent): void {
    this.holes.handled(walked, this.tally.handlings);
  }

  get hasHoles(): boolean {
    return this.holes.any;
  }

  /**
   * Behind a hole, what the service had of a key is a guess until an output reveals it: behind one of its own partition, or
   * behind any, where events may touch keys of other partitions too.
   */
  enterFog(walked: WalkedEvent): void {
    for (const key of this.holes.newlyBehind(walked)) {
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
    return (this.request.beginsLate || this.holes.mayHoldCopyOf(walked)) && this.copyIdOf(walked) !== null;
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
