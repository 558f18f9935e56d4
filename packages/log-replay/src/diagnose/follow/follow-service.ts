import { describePartition } from '@eventmend/core/engine';
import type { RecordedOutput } from '@eventmend/core';
import type { CalledWorker } from './call-worker.js';
import { commitApart, commitRight, applyRevealedFields, markUnknown, markFaulty } from './commit-handling.js';
import { fetchEvent } from './fetch-event.js';
import { businessIdOf, FollowContext } from './follow-context.js';
import type { Followed, FollowRequest } from './follow-request.js';
import { describeRef, type Handling } from '../records/handling.js';
import { judgeHandling } from './judge-handling.js';
import { quarantine, takeUnknown } from './lose-effect.js';
import { noteOvertaking, tellDisplaced } from './note-order.js';
import type { OpenEvent } from './open-events.js';
import { LogPassage } from './pass-log.js';
import type { RecentHandling } from './recent-handlings.js';
import { RecordWitness } from './record-witness.js';
import { settleAgain, settleGranted } from './settle-again.js';
import { predicted, settleAgreeing, settleFirst } from './settle-first.js';
import { splitGroup } from '../records/split-group.js';
import { tellByLiveState } from './tell-by-live-state.js';
import { tellLeftOverOutputs, tellNeverHandled } from './tell-never-handled.js';
import { handledLater, perhapsCopy } from './undecided.js';
import { PlaceIndex } from '../records/place-index.js';
import type { WalkedEvent } from './walk-log.js';

/** How far a record may be ahead of the path, in events of its partition, before it counts as one of an event far away. */
const farAhead = 1_000_000;

/** How far behind the last handled event an id is looked for: it may be one that no event has. Further for each in a row. */
const lookAhead = 20_000;

type Records = Handling['outputs'];

/**
 * Follows the live service through its records, handling by handling, beside the right replay of the same stretch. Each
 * handling is judged from the states that the service had just before it, so that what follows from a fault is not taken
 * for another. Memory holds the states and what is out of step, never the stretch.
 */
export class ServiceFollower {
  readonly #context: FollowContext;
  readonly #request: FollowRequest;
  readonly #passage: LogPassage;
  readonly #places: PlaceIndex;
  /** Records of a ledger's handling that belong to the next one of the same event. */
  readonly #carried = new Map<WalkedEvent, readonly RecordedOutput[]>();
  readonly #witness: RecordWitness;
  /** Partitions of which outputs were recorded already. */
  readonly #speaking = new Set<number>();
  /** Number on the path of the last one of the events that were handled. */
  #highestRank = -1;
  /** How many ids of no event came in a row. */
  #unknownIds = 0;

  constructor(request: FollowRequest) {
    this.#request = request;
    this.#context = new FollowContext(request);
    this.#places = new PlaceIndex(request.spec.partitions.map(({ id }) => id));
    this.#witness = new RecordWitness(request);
    this.#passage = new LogPassage(this.#context, this.#witness);
  }

  /** A state that both begin with. */
  begin(key: string, state: unknown): void {
    this.#context.states.setRight(key, state);
  }

  async follow(): Promise<Followed> {
    const { control, handlings } = this.#request;
    const { tally, states } = this.#context;
    try {
      await this.#passage.passEarlier();
      for await (const batch of handlings) {
        for (const handling of batch) if (!this.#takeInStep(handling)) await this.#take(handling);
        tellDisplaced(this.#context, tally.handlings);
        control.progress(batch.length, tally.parked);
        if (control.stopRequested) return { tally, states, unclear: [], interrupted: true };
      }
      return { tally, states, unclear: await this.#finish(), interrupted: false };
    } finally {
      control.idle();
      this.#passage.walk.close();
    }
  }

  /**
   * The way of nearly all handlings: the event is the next one of the log, and what it left is what it had to leave. False,
   * and nothing done, for any other.
   */
  #takeInStep({ event, outputs, time, unplaced, isRepeated }: Handling): boolean {
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
    const { standing, tainted } = states.standingOf(walked.keys);
    if (standing === 'guessed') return false;
    const judged = judgeHandling(predicted(context, live), outputs, standing, context.revelations);
    if (judged.judgement !== 'agrees') return false;
    const right = together ? live : context.call(walked, states.rightView);
    if (right instanceof Promise || 'fault' in right) return false;
    this.#passage.step(walked);
    this.#speaking.add(place);
    context.noteSpeech(walked, right.outputs);
    this.#handled(walked, { event, eventId: null, outputs, time });
    if (together) {
      commitRight(context, right);
      states.confirm(walked.keys);
    } else {
      commitApart(context, walked, right);
      const { toTheLetter } = judged;
      const handling = { walked, intended: right.outputs, live, records: outputs, isFirst: false };
      settleAgreeing(context, handling, { standing, tainted, toTheLetter });
    }
    return true;
  }

  /** One group of records, which may hold several handlings of one event in a row. */
  async #take(handling: Handling): Promise<void> {
    const { event, eventId, outputs } = handling;
    const context = this.#context;
    if (handling.isRepeated === true) {
      this.#noteRepeated(handling);
      return;
    }
    if (event === null) {
      if (eventId === null) context.unknownEvent('a record without an event');
      else await this.#takeById(eventId, handling);
      return;
    }
    const place = this.#places.of(event);
    const { offset } = event;
    const partition = place === undefined ? undefined : this.#request.spec.partitions[place];
    const passed = place === undefined ? 0 : (this.#passage.walk.passed[place] as number);
    if (place === undefined || partition === undefined) {
      // The worker reads no such partition: whatever it was, these states do not come of it.
      context.unknownEvent(describeRef(event));
    } else if (offset >= partition.target || this.#isFarAhead(place, offset)) {
      takeUnknown(context, describeRef(event), outputs);
    } else if (offset >= (this.#request.readUpTo?.[place] ?? Infinity)) {
      context.tally.behindLiveState++;
    } else if (offset < partition.next) {
      if (this.#witness.hasBegun) await this.#redelivered(place, offset, handling);
      else context.tally.beforeStretch++;
    } else if (offset >= passed) {
      const walked = await this.#passage.passUntil(
        (one) => one.place === place && one.offset === offset,
        // What stands behind a hole must not be passed before its turn.
        (next) => (next.place === place ? next.offset : (this.#passage.walk.passed[place] as number)) <= offset,
        place,
      );
      if (walked === null) takeUnknown(context, describeRef(event), outputs);
      else await this.#first(walked, null, handling);
    } else {
      const open = context.open.find(place, offset);
      const known =
        open === undefined ? context.recent.find((one) => one.place === place && one.offset === offset) : undefined;
      if (open !== undefined) await this.#openHandled(open, handling);
      else if (known !== undefined) await this.#seenAgain(known, handling);
      else await this.#redelivered(place, offset, handling);
    }
  }

  /** Rows that came again under their business ids: sent again, or of a second handling that nothing else shows. */
  #noteRepeated({ event, outputs }: Handling): void {
    const { recent, states, histories } = this.#context;
    const known = recent.find((one) => {
      const { topic, partition, offset } = one.event;
      return event !== null && topic === event.topic && partition === event.partition && offset === event.offset;
    });
    const keys = known?.walked.keys ?? (outputs ?? []).flatMap(({ key }) => (key === null ? [] : [key]));
    states.noteQuiet(keys);
    histories?.giveUp(keys);
  }

  async #takeById(id: string, handling: Handling): Promise<void> {
    const { open, recent } = this.#context;
    const waiting = open.findById(id);
    const known = recent.find((one) => businessIdOf(one) === id);
    if (waiting !== undefined) await this.#openHandled(waiting, handling);
    else if (known !== undefined) await this.#seenAgain(known, handling);
    else {
      const walked = await this.#passage.passUntil(
        (one) => businessIdOf(one) === id,
        () => !this.#witness.hasBegun || this.#passage.rank - this.#highestRank < lookAhead * (1 + this.#unknownIds),
      );
      if (walked === null) {
        this.#unknownIds++;
        takeUnknown(this.#context, `id ${id}`, handling.outputs);
      } else await this.#first(walked, null, handling);
    }
  }

  /** Where the records of a partition begin may be any distance away. */
  #isFarAhead(place: number, offset: number): boolean {
    return this.#witness.highest(place) >= 0 && offset - (this.#passage.walk.passed[place] as number) > farAhead;
  }

  async #openHandled(open: OpenEvent, handling: Handling): Promise<void> {
    this.#context.open.remove(open);
    await this.#first(open.walked, open, handling);
  }

  /** An event was recorded whose business id came before: it may be the one that was handled. */
  async #copyHandled(copy: WalkedEvent, handling: Handling): Promise<void> {
    const context = this.#context;
    const open = context.open.findByCopy(copy);
    if (open !== undefined) {
      // The first delivery came to nothing, and this one is its handling.
      await this.#openHandled(open, handling);
      return;
    }
    // A delivery that was noted, and left out as it should be.
    if (handling.outputs === null || handling.outputs.length === 0) return;
    const id = context.copyIdOf(copy);
    const known = context.recent.find((one) => one !== copy && context.copyIdOf(one) === id);
    const { own } = this.#recordsOf(copy, handling.outputs, []);
    if (known === undefined || known.assumed) {
      context.cannotTell(copy, perhapsCopy);
      for (const key of copy.keys) context.states.part(key).standing = 'guessed';
      applyRevealedFields(context, copy, own ?? [], 'guessed');
      return;
    }
    const why = 'an event with its business id was handled before';
    await settleAgain(context, copy, { before: known.records, why, notedApart: false }, own);
  }

  /** The records show that the service handled an event that it had not handled before. */
  async #first(walked: WalkedEvent, open: OpenEvent | null, handling: Handling): Promise<void> {
    const context = this.#context;
    const { states } = context;
    const given = handling.outputs;
    if (context.isOutOfScope(walked)) return;
    context.enterFog(walked);
    if (open === null && this.#passage.isDuplicate(walked)) {
      this.#witness.begin();
      await this.#copyHandled(walked, handling);
      return;
    }
    const isFirst = !this.#speaking.has(walked.place);
    if (given !== null && given.length > 0) this.#speaking.add(walked.place);
    const handled = this.#handled(walked, handling);
    if (open !== null && handling.unplaced !== true) {
      // Where it may have been handled in its place without a trace, this may be its second handling as well.
      const isPlain = !context.sometimesSilent || this.#witness.isNoted(walked);
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
    const { own, rest } = this.#recordsOf(walked, given, live.outputs);
    handled.records = own;
    await context.histories?.handled(walked, own);
    const intended = open?.intended ?? right?.outputs ?? [];
    await settleFirst(context, { walked, intended, live, records: own, isFirst });
    if (rest.length === 0) return;
    await this.#again(walked, own, rest);
    handled.records = [...(own ?? []), ...rest];
  }

  #handled(walked: WalkedEvent, { outputs, time }: Handling): RecentHandling {
    const { tally, recent, open } = this.#context;
    this.#context.noteTurn(walked);
    this.#unknownIds = 0;
    this.#highestRank = Math.max(this.#highestRank, walked.rank);
    const turn = tally.handlings++;
    const times = time === null ? [] : [time];
    const handled: RecentHandling = {
      turn,
      rank: walked.rank,
      walked,
      records: outputs,
      times,
      unnoted: 0,
      assumed: false,
    };
    recent.add(handled);
    if (this.#witness.advance(walked)) {
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

  /** A record of an event that is behind: of a second handling, or of the first where that was only taken for granted. */
  async #seenAgain(known: RecentHandling, handling: Handling): Promise<void> {
    const records = handling.outputs;
    if (!known.assumed) {
      // Outputs that no entry of the ledger explains have times, too, and those are not the ledger's.
      const time = handling.unplaced === true ? null : handling.time;
      const notedApart = time !== null && known.times.length > 0 && !known.times.includes(time);
      if (time !== null) known.times.push(time);
      const isNotedApart = notedApart && this.#witness.isNoted(known.walked);
      if (isNotedApart && known.unnoted > 0 && (records ?? []).length === 0 && !this.#carried.has(known.walked)) {
        // Its records came with an entry that was merely written again.
        known.unnoted--;
        return;
      }
      const shown = await this.#again(known.walked, known.records, records, isNotedApart);
      if (!isNotedApart) known.unnoted += shown;
      // What comes once more may repeat any of them.
      known.records = [...(known.records ?? []), ...(records ?? [])];
      return;
    }
    known.assumed = false;
    known.records = records;
    this.#context.tally.handlings++;
    await settleGranted(this.#context, known.walked, records);
  }

  /** An event that was handled before comes again, perhaps several times. Counts those that it surely was. */
  async #again(walked: WalkedEvent, before: Records, given: Records, notedApart = false): Promise<number> {
    const context = this.#context;
    let shown = 0;
    let left: Records = given;
    do {
      context.tally.handlings++;
      const live = await context.call(walked, context.states.liveView);
      const { own, rest } = this.#recordsOf(walked, left, 'fault' in live ? [] : live.outputs);
      if (await settleAgain(context, walked, { before, why: 'it was handled before', notedApart }, own)) shown++;
      left = rest;
    } while (left.length > 0);
    return shown;
  }

  async #redelivered(place: number, offset: number, { outputs: records }: Handling): Promise<void> {
    const { spec, inputs } = this.#request;
    const walked = await fetchEvent(spec, inputs, place, offset);
    const id = spec.partitions[place]?.id;
    if (walked !== null) {
      if (this.#context.isOutOfScope(walked)) return;
      if (this.#mayBeGranted(walked)) await settleGranted(this.#context, walked, records);
      else await this.#againOrCopy(walked, records);
    } else if (id !== undefined) takeUnknown(this.#context, `${describePartition(id)}@${offset}`, records);
  }

  /** True for an event of the stretch that was perhaps only taken for handled, longer ago than handlings are remembered. */
  #mayBeGranted(walked: WalkedEvent): boolean {
    if (walked.offset < (this.#request.spec.partitions[walked.place]?.next ?? 0)) return false;
    if (this.#witness.isGranted(walked)) return true;
    return this.#context.sometimesSilent && !this.#witness.isNoted(walked);
  }

  /** An earlier event again; or a delivery whose handling was taken for the one of an earlier delivery. */
  async #againOrCopy(walked: WalkedEvent, records: Records): Promise<void> {
    const context = this.#context;
    const id = context.copyIdOf(walked);
    const known = id === null ? undefined : context.recent.find((one) => context.copyIdOf(one) === id);
    if (id === null || (known !== undefined && !known.assumed)) {
      await this.#again(walked, known?.records ?? null, records);
      return;
    }
    context.cannotTell(walked, perhapsCopy);
    for (const key of walked.keys) context.states.part(key).standing = 'guessed';
    applyRevealedFields(context, walked, records ?? [], 'guessed');
  }

  /** The records of this handling, and those of the next one of the same event. */
  #recordsOf(
    walked: WalkedEvent,
    given: Records,
    expected: CalledWorker['outputs'],
  ): { readonly own: Records; readonly rest: readonly RecordedOutput[] } {
    const { outputsFrom } = this.#request;
    const carried = this.#carried.get(walked) ?? [];
    if (carried.length > 0) this.#carried.delete(walked);
    else if (given === null || (given.length === 0 && outputsFrom !== null && walked.now < outputsFrom)) {
      return { own: null, rest: [] };
    }
    const { first, rest } = splitGroup([...carried, ...(given ?? [])], expected);
    if (!this.#witness.isNoted(walked) || rest.length === 0) return { own: first, rest };
    // The ledger will come to the other handling by itself.
    this.#carried.set(walked, rest);
    return { own: first, rest: [] };
  }

  /** Takes the right replay on to where the service had read, and tells what it never handled. */
  async #finish(): Promise<readonly OpenEvent[]> {
    const context = this.#context;
    if (this.#request.readUpTo !== null) await this.#passage.passRest();
    else if (context.holdsAny) await this.#passage.lookForSilence();
    tellLeftOverOutputs(context, this.#carried.keys());
    tellDisplaced(context, Infinity);
    for (const { walked } of context.open.all()) if (this.#passage.isUnplaced(walked)) context.unplaced.add(walked);
    const unclear = await tellByLiveState(context, this.#witness, await tellNeverHandled(context, this.#witness));
    if (context.independent !== null && context.holdsAny) await this.#passage.connectRest();
    context.releaseHeld();
    return unclear;
  }
}
