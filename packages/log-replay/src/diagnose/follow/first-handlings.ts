import { commitApart, commitRight, applyRevealedFields, markUnknown, markFaulty } from './commit-handling.js';
import type { CarriedRecords } from './carried-records.js';
import type { FollowContext } from './follow-context.js';
import type { Handling } from '../records/handling.js';
import { judgeHandling, predicted } from './judge-handling.js';
import { quarantine } from './lose-effect.js';
import { noteOvertaking } from './note-order.js';
import type { OpenEvent } from './open-event.js';
import type { LogPassage } from './pass-log.js';
import type { RecentHandling } from './recent-handlings.js';
import type { RecordWitness } from './record-witness.js';
import type { RepeatedHandlings } from './repeated-handlings.js';
import { settleAgain } from './settle-again.js';
import { settleAgreeing, settleFirst } from './settle-first.js';
import { handledLater, perhapsCopy } from './undecided.js';
import type { PlaceIndex } from '../records/place-index.js';
import type { WalkedEvent } from './walk-log.js';

/** What first handlings are settled with. */
interface HandlingSteps {
  readonly passage: LogPassage;
  readonly places: PlaceIndex;
  readonly witness: RecordWitness;
  readonly carried: CarriedRecords;
  readonly repeated: RepeatedHandlings;
}

/** Settles records of events that the service had not handled before, in their turn or late. */
export class FirstHandlings {
  readonly #context: FollowContext;
  readonly #passage: LogPassage;
  readonly #places: PlaceIndex;
  readonly #witness: RecordWitness;
  readonly #carried: CarriedRecords;
  readonly #repeated: RepeatedHandlings;
  /** Partitions of which outputs were recorded already. */
  readonly #speaking = new Set<number>();
  /** Number on the path of the last one of the events that were handled. */
  highestRank = -1;
  /** How many ids of no event came in a row. */
  unknownIds = 0;

  constructor(context: FollowContext, { passage, places, witness, carried, repeated }: HandlingSteps) {
    this.#context = context;
    this.#passage = passage;
    this.#places = places;
    this.#witness = witness;
    this.#carried = carried;
    this.#repeated = repeated;
  }

  /**
   * The way of nearly all handlings: the event is the next one of the log, and what it left is what it had to leave. False,
   * and nothing done, for any other.
   */
  takeInStep({ event, outputs, time, unplaced, isRepeated }: Handling): boolean {
    if (event === null || outputs === null || outputs.length === 0) return false;
    if (this.#passage.leavesOutCopies || unplaced === true || isRepeated === true) return false;
    const place = this.#places.of(event);
    if (place === undefined || event.offset !== this.#passage.walk.passed[place]) return false;
    const walked = this.#passage.walk.peek(place);
    if (walked === null || walked.place !== place || walked.offset !== event.offset) return false;
    const context = this.#context;
    const { states } = context;
    if (context.isOutOfScope(walked)) {
      this.#passage.step(walked);
      return true;
    }
    context.enterFog(walked);
    if (context.open.anySharing(walked.keys) || states.hasOther(walked.keys)) return false;
    if (context.histories?.follows(walked.keys) === true) return false;
    const together = states.areTogether(walked.keys);
    const live = context.call(walked, states.liveView);
    if (live instanceof Promise || 'fault' in live || live.outputs.length !== outputs.length) return false;
    const { standing, accusations } = states.standingOf(walked.keys);
    if (standing === 'guessed') return false;
    const judged = judgeHandling(predicted(context.states, live), outputs, standing, context.revelations);
    if (judged.judgement !== 'agrees') return false;
    const right = together ? live : context.call(walked, states.rightView);
    if (right instanceof Promise || 'fault' in right) return false;
    this.#passage.step(walked);
    this.#speaking.add(place);
    context.noteSpeech(walked, right.outputs);
    this.#handled(walked, { event, eventId: null, outputs, time });
    if (together) {
      commitRight(context, walked, right);
      states.confirm(walked.keys);
    } else {
      commitApart(context, walked, right);
      const { toTheLetter } = judged;
      const handling = { walked, intended: right.outputs, live, records: outputs, isFirst: false, lost: [] };
      settleAgreeing(context, handling, { standing, accusations, toTheLetter });
    }
    return true;
  }

  async openHandled(open: OpenEvent, handling: Handling): Promise<void> {
    this.#context.open.remove(open);
    await this.first(open.walked, open, handling);
  }

  /** The records show that the service handled an event that it had not handled before. */
  async first(walked: WalkedEvent, open: OpenEvent | null, handling: Handling): Promise<void> {
    const context = this.#context;
    const { states } = context;
    const given = handling.outputs;
    if (context.isOutOfScope(walked)) return;
    context.enterFog(walked);
    if (open === null && this.#passage.isDuplicate(walked)) {
      this.#witness.begin();
      context.histories?.giveUp(walked.keys);
      context.doubts.copyPassed(walked);
      await this.#copyHandled(walked, handling);
      return;
    }
    const isFirst = !this.#speaking.has(walked.place);
    if (given !== null && given.length > 0) this.#speaking.add(walked.place);
    const handled = this.#handled(walked, handling);
    if (open !== null && handling.unplaced !== true) {
      // Where it may have been handled in its place without a trace, this may be its second handling as well.
      const isPlain = !context.sometimesSilent || open.wouldSpeak || this.#witness.isNoted(walked);
      if (isPlain && !open.isAtEdge) noteOvertaking(context, handled, open);
      else context.cannotTell(walked, handledLater);
    }
    const together = open === null && states.areTogether(walked.keys);
    const right = open === null ? await context.call(walked, states.rightView) : null;
    if (right !== null && 'fault' in right) {
      quarantine(context, walked, right.fault, given);
      return;
    }
    if (right !== null) context.noteSpeech(walked, right.outputs);
    const live = together && right !== null ? right : await context.call(walked, states.liveView);
    if (right !== null) commitApart(context, walked, right);
    if ('fault' in live) {
      context.histories?.giveUp(walked.keys);
      markUnknown(context, walked);
      applyRevealedFields(context, walked, given ?? [], 'guessed');
      context.tally.notJudged++;
      return;
    }
    const { own, rest } = this.#carried.recordsOf(walked, given, live.outputs);
    handled.records = own;
    const lost = (await context.histories?.handled(walked, own)) ?? [];
    const intended = open?.intended ?? right?.outputs ?? [];
    await settleFirst(context, { walked, intended, live, records: own, isFirst, lost });
    if (rest.length === 0) return;
    await this.#repeated.again(walked, own, rest);
    handled.records = [...(own ?? []), ...rest];
  }

  /** An event was recorded whose business id came before: it may be the one that was handled. */
  async #copyHandled(copy: WalkedEvent, handling: Handling): Promise<void> {
    const context = this.#context;
    const open = context.open.findByCopy(copy);
    if (open !== undefined) {
      // The first delivery came to nothing, and this one is its handling.
      await this.openHandled(open, handling);
      return;
    }
    // A delivery that was noted, and left out as it should be.
    if (handling.outputs === null || handling.outputs.length === 0) return;
    const id = context.copyIdOf(copy);
    const known = context.recent.find((one) => one !== copy && context.copyIdOf(one) === id);
    const { own } = this.#carried.recordsOf(copy, handling.outputs, []);
    if (known === undefined || known.assumed) {
      context.cannotTell(copy, perhapsCopy);
      for (const key of copy.keys) context.states.part(key).standing = 'guessed';
      applyRevealedFields(context, copy, own ?? [], 'guessed');
      return;
    }
    const why = 'an event with its business id was handled before';
    await settleAgain(context, copy, { before: known.records, why, notedApart: false }, own);
  }

  #handled(walked: WalkedEvent, { outputs, time }: Handling): RecentHandling {
    const { tally, recent, open } = this.#context;
    this.#context.noteTurn(walked);
    this.unknownIds = 0;
    this.highestRank = Math.max(this.highestRank, walked.rank);
    const turn = tally.handlings++;
    const times = time === null ? [] : [time];
    const { states } = this.#context;
    const { standing } = states.standingOf(walked.keys);
    const areKept = standing === 'approximate' || (standing === 'exact' && this.#context.mayHandleAhead);
    const handled: RecentHandling = {
      turn,
      rank: walked.rank,
      walked,
      records: outputs,
      times,
      unnoted: 0,
      assumed: false,
      before: areKept ? walked.keys.map((key) => states.liveState(key)) : null,
      isBeforeExact: standing === 'exact',
    };
    recent.add(handled);
    open.noteHandling(walked);
    if (this.#witness.advance(walked, turn)) {
      const overtaken = open.takeOvertaken(walked.place, walked.offset);
      const isAtEdge = this.#witness.isAtEdge(walked, overtaken.length > 0);
      for (const other of overtaken) {
        other.isAtEdge = isAtEdge;
        // A later event of its partition was handled: from here on an open one is out of order or missed, whatever happens.
        markFaulty(this.#context, other.walked);
      }
    }
    return handled;
  }
}
