import type { FaultKind, OrderIndependentKeys, RecordedEventRef } from '@eventmend/core/engine';
import type { Fault, ObservedDifference, Undetermined } from '../fault.js';
import { describeRef } from '../records/handling.js';
import { reachesStates, type AccusedEvents } from './accusations.js';
import { DeferredFaults, type HeldFault } from './deferred-faults.js';
import { refOf } from './event-ref.js';
import type { LeftToChance } from './left-to-chance.js';
import type { ExpectedAndLiveStates } from './expected-and-live-states.js';
import type { HandledAhead } from './explained-by-ahead.js';
import type { FollowRequest, FollowTally } from './follow-request.js';
import type { HolesPassed } from './holes-passed.js';
import type { OpenEvents } from './open-events.js';
import { behindHole, orderNotDetermined, perhapsDrawn, perhapsOlder, perhapsRepeated } from './undecided.js';
import { UnplacedEvents } from './unplaced-events.js';
import type { WalkedEvent } from './walk-log.js';

/** So many accusations wait although nothing speaks against them yet: by then it would have. */
const heldAtMost = 5000;

/** What of a following accusations are held against. */
interface AccusationContext {
  readonly request: Pick<
    FollowRequest,
    'log' | 'onFault' | 'hasLedger' | 'partitionLocal' | 'sequenceKnown' | 'recordsBy'
  >;
  readonly tally: Pick<FollowTally, 'handlings'>;
  readonly accused: AccusedEvents;
  readonly states: Pick<ExpectedAndLiveStates, 'seen'>;
  readonly open: Pick<OpenEvents, 'all'>;
  readonly independent: OrderIndependentKeys | null;
  readonly chance: LeftToChance;
  readonly holes: HolesPassed;
  readonly hasHoles: boolean;
  readonly unplaced: UnplacedEvents;
  readonly placedByGuess: UnplacedEvents;
  readonly unexpected: UnplacedEvents;
  readonly handledAgain: ReadonlySet<string>;
  readonly handledAhead: HandledAhead;
  readonly sometimesSilent: boolean;
  readonly areKeysConnected: boolean;
  readonly areHistoriesWhole: boolean;
  cannotTell(walked: WalkedEvent, why: Pick<Undetermined, 'reason' | 'missing'>): void;
}

/** Accusations, and what speaks against them: each is told once no other permissible explanation is left that does away with it. */
export class PendingAccusations {
  readonly #context: AccusationContext;
  readonly #held = new DeferredFaults();
  /** Those of wrong results that rest on states. */
  readonly #wrong: HeldFault[] = [];
  /** Held ones that were thought to hold whatever the states were, and do not. */
  readonly #refuted = new Set<HeldFault>();
  /** At the end, events of which perhaps only outputs lack. */
  readonly #perhapsHandled = new UnplacedEvents();

  constructor(context: AccusationContext) {
    this.#context = context;
  }

  /** Accuses an event, unless what is known by now speaks against it. */
  accuse(
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
    const context = this.#context;
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
    const restsOnStates = !fromAnyState && kind !== 'out-of-order';
    const held: HeldFault = {
      ...{ fault, walked, turn: context.tally.handlings, restsOnStates },
      accusations: accused.map((one) => context.accused.of(one)),
      ...(fromAnyState && holdsStill !== undefined && { holdsStill }),
    };
    if (restsOnStates && kind === 'wrong' && context.independent !== null) this.#wrong.push(held);
    if (restsOnStates && this.#restsOnSilence(held)) context.cannotTell(walked, perhapsOlder);
    else if (!this.#held.add(held) && !restsOnStates) this.#tell(held);
    if (this.#held.size > heldAtMost && !this.#mayBeObjectedTo()) this.release();
  }

  /** Where events leave no record at all, what differs may come of one of them: missed, early, late, or with another result. */
  #restsOnSilence({ fault: { kind }, walked }: HeldFault): boolean {
    const { sometimesSilent, unplaced, unexpected } = this.#context;
    switch (kind) {
      case 'not-sent':
        return sometimesSilent;
      // An event whose records are not the expected ones may have been handled before them too, without a trace; one that seems
      // missed may have been handled early, where it left nothing but another state.
      case 'wrong':
      case 'missed':
        return unplaced.reach(walked) || (sometimesSilent && unexpected.reach(walked));
      default:
        return false;
    }
  }

  #tell({ fault, walked, accusations }: HeldFault): void {
    if (reachesStates(fault)) for (const accusation of accusations) accusation.isTold = true;
    this.#context.request.log.fault(fault);
    this.#context.request.onFault(fault.kind, walked);
  }

  /** Some wait. */
  get any(): boolean {
    return this.#held.size > 0;
  }

  #mayBeObjectedTo(): boolean {
    const { independent, hasHoles, sometimesSilent, request, chance } = this.#context;
    return independent !== null || hasHoles || sometimesSilent || request.hasLedger || chance.isDrawn;
  }

  /** Asks handlers once more from states that were seen only later. */
  async askAgain(): Promise<void> {
    if (this.#context.states.seen.all.length === 0) return;
    for (const held of this.#held.asked()) if (!(await held.holdsStill())) this.#refuted.add(held);
  }

  /** Tells what was held back, now that everything has been seen. */
  release(): void {
    const { request, open, handledAhead, areKeysConnected } = this.#context;
    const { log } = request;
    const unclear = [...open.all()].flatMap(({ walked, finding }) => (finding === 'unclear' ? [walked] : []));
    for (const walked of unclear) this.#perhapsHandled.add(walked);
    handledAhead.close(unclear);
    if (areKeysConnected) this.#perhapsHandled.connect();
    const { faults, undetermined } = this.#held.release((held) => this.#objectionTo(held));
    for (const held of faults) this.#tell(held);
    for (const one of undetermined) log.undetermined(one);
    if (this.#held.dropped === 0) return;
    log.undetermined({ event: null, key: null, suspicion: 'any', ...orderNotDetermined });
  }

  /** Why an accusation does not hold in every permissible explanation; null where it does. */
  #objectionTo(held: HeldFault): Pick<Undetermined, 'reason' | 'missing'> | null {
    const { fault, walked, turn, restsOnStates } = held;
    const { request, chance, handledAgain, hasHoles, holes, independent, unplaced, placedByGuess } = this.#context;
    const { partitionLocal, sequenceKnown, recordsBy } = request;
    if (this.#refuted.has(held)) return orderNotDetermined;
    if (chance.explains(fault.kind, fault.difference)) return perhapsDrawn;
    if (!restsOnStates) return null;
    if (this.#restsOnSilence(held)) return perhapsOlder;
    // The outputs that were taken for those of the first handling may be those of the second one.
    if (fault.kind === 'wrong' && handledAgain.has(describeRef(fault.event))) return perhapsRepeated;
    if (hasHoles && !partitionLocal && (!sequenceKnown || holes.mayBeHandledAt(turn))) return behindHole;
    if (independent === null) return null;
    if (recordsBy === 'id' && (unplaced.any || placedByGuess.any)) return orderNotDetermined;
    if (fault.keys.every((key) => independent.has(key))) return null;
    // At another time it may have given no outputs itself.
    const isPerhapsSilent = fault.kind === 'missed' && this.#context.sometimesSilent;
    const isReached =
      isPerhapsSilent || unplaced.reach(walked) || placedByGuess.reach(walked) || this.#isPerhapsReached(held);
    return sequenceKnown && !isReached && !this.#context.handledAhead.isExplained(fault.kind, walked)
      ? null
      : orderNotDetermined;
  }

  /** True where an event that was perhaps handled without records may have changed what an accusation rests on. */
  #isPerhapsReached({ fault, walked, turn }: HeldFault): boolean {
    if (!this.#perhapsHandled.reach(walked)) return false;
    if (fault.kind !== 'wrong' || !this.#context.areHistoriesWhole) return true;
    // Up to where such an event is lost sight of, results are held against all histories in which it was handled.
    return this.#context.handledAhead.isLostBefore(turn, this.#context.areKeysConnected ? null : walked.keys);
  }

  /** The wrong results that rest on states, of handlings from a turn on. */
  wrongSince(turn: number): readonly WalkedEvent[] {
    return this.#wrong.filter((held) => held.turn > turn).map(({ walked }) => walked);
  }
}
