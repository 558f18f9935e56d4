import { describePartition, createRecentIds, type RecentIds } from '@eventmend/core/engine';
import type { RecordedOutput } from '@eventmend/core';
import type { CalledWorker } from './call-worker.js';
import {
  commitApart,
  commitBoth,
  commitRight,
  applyRevealedFields,
  markUnknown,
  markFaulty,
} from './commit-handling.js';
import { fetchEvent } from './fetch-event.js';
import { businessIdOf, FollowContext } from './follow-context.js';
import type { Followed, FollowRequest } from './follow-request.js';
import { describeRef, type Handling } from '../records/handling.js';
import { judgeHandling } from './judge-handling.js';
import { quarantine, takeUnknown } from './lose-effect.js';
import { noteOvertaking, tellDisplaced } from './note-order.js';
import type { OpenEvent } from './open-events.js';
import type { RecentHandling } from './recent-handlings.js';
import { RecordWitness } from './record-witness.js';
import { settleAgain } from './settle-again.js';
import { predicted, settleAgreeing, settleFirst } from './settle-first.js';
import { splitGroup } from '../records/split-group.js';
import { tellLeftOverOutputs, tellNeverHandled } from './tell-never-handled.js';
import { handledLater, perhapsCopy } from './undecided.js';
import { PlaceIndex } from '../records/place-index.js';
import { LogWalk, type WalkedEvent } from './walk-log.js';

/** How far a record may be ahead of the path, in events of its partition, before it counts as one of an event far away. */
const farAhead = 1_000_000;

/** How far behind the last handled event an id is looked for: it may be one that no event has. Further for each in a row. */
const lookAhead = 20_000;

/** So many events behind those that the records show are looked at for silence, a partition. */
const eventsBehind = 1000;

type Records = Handling['outputs'];

/**
 * Follows the live service through its records, handling by handling, beside the right replay of the same stretch. Each
 * handling is judged from the states that the service had just before it, so that what follows from a fault is not taken
 * for another. Memory holds the states and what is out of step, never the stretch.
 */
export class ServiceFollower {
  readonly #context: FollowContext;
  readonly #request: FollowRequest;
  readonly #walk: LogWalk;
  readonly #places: PlaceIndex;
  readonly #seenIds: RecentIds | null;
  /** Records of a ledger's handling that belong to the next one of the same event. */
  readonly #carried = new Map<WalkedEvent, readonly RecordedOutput[]>();
  readonly #witness: RecordWitness;
  /** Numbers on the path of the event that was passed last, and of the last one of those that were handled. */
  #rank = -1;
  #highestRank = -1;
  /** How many ids of no event came in a row. */
  #unknownIds = 0;

  constructor(request: FollowRequest) {
    const { spec, inputs, readUpTo } = request;
    this.#request = request;
    this.#context = new FollowContext(request);
    const ends = readUpTo ?? spec.partitions.map(({ target }) => target);
    this.#walk = new LogWalk(spec, inputs, ends, { apart: request.apart, forced: request.forced });
    const { deduplicate } = inputs.instance.worker;
    this.#seenIds = deduplicate === undefined ? null : createRecentIds(deduplicate.window);
    this.#places = new PlaceIndex(spec.partitions.map(({ id }) => id));
    this.#witness = new RecordWitness(request);
  }

  /** A state that both begin with. */
  begin(key: string, state: unknown): void {
    this.#context.states.setRight(key, state);
  }

  async follow(): Promise<Followed> {
    const { control, handlings } = this.#request;
    const { tally, states } = this.#context;
    try {
      await this.#passEarlier();
      for await (const batch of handlings) {
        for (const handling of batch) if (!this.#takeInStep(handling)) await this.#take(handling);
        tellDisplaced(this.#context, tally.handlings);
        control.progress(batch.length, tally.parked);
        if (control.stopRequested) return { tally, states, unclear: [], interrupted: true };
      }
      return { tally, states, unclear: await this.#finish(), interrupted: false };
    } finally {
      control.idle();
      this.#walk.close();
    }
  }

  /**
   * The way of nearly all handlings: the event is the next one of the log, and what it left is what it had to leave. False,
   * and nothing done, for any other.
   */
  #takeInStep({ event, outputs, time, unplaced, isRepeated }: Handling): boolean {
    if (event === null || outputs === null || outputs.length === 0) return false;
    if (this.#seenIds !== null || unplaced === true || isRepeated === true) return false;
    const place = this.#places.of(event);
    if (place === undefined || event.offset !== this.#walk.passed[place]) return false;
    const walked = this.#walk.peek(place);
    if (walked === null || walked.place !== place || walked.offset !== event.offset) return false;
    const context = this.#context;
    const { states } = context;
    if (context.isOutOfScope(walked)) {
      this.#step(walked);
      return true;
    }
    context.enterFog(walked);
    if (context.open.anySharing(walked.keys) || states.hasOther(walked.keys)) return false;
    const together = states.areTogether(walked.keys);
    const live = context.call(walked, states.liveView);
    if (live instanceof Promise || 'fault' in live || live.outputs.length !== outputs.length) return false;
    const { standing, tainted } = states.standingOf(walked.keys);
    if (standing === 'guessed') return false;
    const judged = judgeHandling(predicted(context, live), outputs, standing, context.revelations);
    if (judged.judgement !== 'agrees') return false;
    const right = together ? live : context.call(walked, states.rightView);
    if (right instanceof Promise || 'fault' in right) return false;
    this.#step(walked);
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
    const passed = place === undefined ? 0 : (this.#walk.passed[place] as number);
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
      const walked = await this.#passUntil(
        (one) => one.place === place && one.offset === offset,
        () => (this.#walk.passed[place] as number) <= offset,
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
    const { recent, states } = this.#context;
    const known = recent.find((one) => {
      const { topic, partition, offset } = one.event;
      return event !== null && topic === event.topic && partition === event.partition && offset === event.offset;
    });
    states.noteQuiet(known?.walked.keys ?? (outputs ?? []).flatMap(({ key }) => (key === null ? [] : [key])));
  }

  async #takeById(id: string, handling: Handling): Promise<void> {
    const { open, recent } = this.#context;
    const waiting = open.findById(id);
    const known = recent.find((one) => businessIdOf(one) === id);
    if (waiting !== undefined) await this.#openHandled(waiting, handling);
    else if (known !== undefined) await this.#seenAgain(known, handling);
    else {
      const walked = await this.#passUntil(
        (one) => businessIdOf(one) === id,
        () => !this.#witness.hasBegun || this.#rank - this.#highestRank < lookAhead * (1 + this.#unknownIds),
      );
      if (walked === null) {
        this.#unknownIds++;
        takeUnknown(this.#context, `id ${id}`, handling.outputs);
      } else await this.#first(walked, null, handling);
    }
  }

  /** Where the records of a partition begin may be any distance away. */
  #isFarAhead(place: number, offset: number): boolean {
    return this.#witness.highest(place) >= 0 && offset - (this.#walk.passed[place] as number) > farAhead;
  }

  /**
   * Walks on to an event, which is given back unhandled; those on the way are passed. Null where the stretch ends first, or
   * where it may not be any further on.
   * @param place the partition to walk along, where each is walked by itself
   */
  async #passUntil(
    isIt: (walked: WalkedEvent) => boolean,
    maybeFurther: () => boolean = () => true,
    place = 0,
  ): Promise<WalkedEvent | null> {
    while (maybeFurther()) {
      const loading = this.#walk.load(place);
      if (loading !== undefined) await loading;
      const walked = this.#walk.peek(place);
      if (walked === null) return null;
      this.#step(walked);
      if (isIt(walked)) return walked;
      await this.#pass(walked);
    }
    return null;
  }

  #step(walked: WalkedEvent): void {
    this.#walk.step();
    this.#rank = walked.rank;
    if (this.#context.isOutOfScope(walked)) {
      this.#context.tally.outOfScope++;
      return;
    }
    this.#context.tally.events++;
    if (walked.keys.length > 1) {
      this.#context.unplaced.connect();
      this.#context.unexpected.connect();
    }
    this.#context.independent?.connect(walked.place, walked.keys.map(named));
    this.#request.onEvent(walked);
  }

  /** The path passes an event that the records do not speak of, or not yet. */
  async #pass(walked: WalkedEvent): Promise<void> {
    const context = this.#context;
    if (context.isOutOfScope(walked) || this.#isDuplicate(walked)) return;
    context.enterFog(walked);
    const { states, tally } = context;
    const right = await context.call(walked, states.rightView);
    if ('fault' in right) {
      quarantine(context, walked, right.fault, null);
      return;
    }
    context.noteSpeech(walked, right.outputs);
    const isNoted = this.#witness.isNoted(walked);
    const witnessed = this.#witness.isWitnessed(walked);
    const live = states.areTogether(walked.keys) ? right : await context.call(walked, states.liveView);
    const silent = !isNoted && !('fault' in live) && live.outputs.length === 0;
    if (witnessed && !silent) {
      this.#leaveOpen(walked, right);
      return;
    }
    if (witnessed) {
      tally.silent++;
      context.unplaced.add(walked);
    } else tally.unwitnessed++;
    commitBoth(context, walked, right, live);
    this.#takeForGranted(walked);
  }

  #leaveOpen(walked: WalkedEvent, right: CalledWorker): void {
    const { states, open, tally } = this.#context;
    const doubtful = states.hadQuiet(walked.keys) || states.standingOf(walked.keys).standing !== 'exact';
    commitApart(this.#context, walked, right);
    open.add({
      walked,
      intended: right.outputs,
      passedAt: tally.handlings,
      doubtful,
      finding: 'unclear',
      tries: 0,
    });
  }

  /**
   * An event without records was taken for handled where the path has it. Whether it was, nothing shows; and under an order
   * that is only assumed, nothing shows when, so that keys which other partitions reach too are guessed from here on.
   */
  #takeForGranted(walked: WalkedEvent): void {
    const { states, recent, independent, tally } = this.#context;
    states.noteQuiet(walked.keys);
    recent.add({ turn: tally.handlings, rank: walked.rank, walked, records: null, times: [], assumed: true });
    if (independent === null) return;
    for (const key of walked.keys) if (!independent.has(key)) states.part(key).standing = 'guessed';
  }

  #isDuplicate({ event, fault }: WalkedEvent): boolean {
    if (this.#seenIds === null || fault !== null) return false;
    const id = this.#context.instance.deduplicationId(event);
    if (id !== null && this.#seenIds.has(id)) return true;
    this.#seenIds.add(id);
    return false;
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
    if (open === null && this.#isDuplicate(walked)) {
      this.#witness.begin();
      await this.#copyHandled(walked, handling);
      return;
    }
    const isFirst = this.#witness.highest(walked.place) < 0;
    const handled = this.#handled(walked, handling);
    if (open !== null && handling.unplaced !== true) {
      // Where it may have been handled in its place without a trace, this may be its second handling as well.
      if (!context.sometimesSilent || this.#witness.isNoted(walked)) noteOvertaking(context, handled, open);
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
      markUnknown(context, walked);
      applyRevealedFields(context, walked, given ?? [], 'guessed');
      context.tally.notJudged++;
      return;
    }
    const { own, rest } = this.#recordsOf(walked, given, live.outputs);
    handled.records = own;
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
    const handled: RecentHandling = { turn, rank: walked.rank, walked, records: outputs, times, assumed: false };
    recent.add(handled);
    if (this.#witness.advance(walked)) {
      // A later event of its partition was handled: from here on an open one is out of order or missed, whatever happens.
      for (const other of open.takeOvertaken(walked.place, walked.offset)) markFaulty(this.#context, other.walked);
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
      await this.#again(known.walked, known.records, records, notedApart && this.#witness.isNoted(known.walked));
      // What comes once more may repeat any of them.
      known.records = [...(known.records ?? []), ...(records ?? [])];
      return;
    }
    known.assumed = false;
    known.records = records;
    if (!this.#witness.isWitnessed(known.walked)) return;
    this.#context.cannotTell(known.walked, handledLater);
    applyRevealedFields(this.#context, known.walked, records ?? [], 'guessed');
  }

  /** An event that was handled before comes again, perhaps several times. */
  async #again(walked: WalkedEvent, before: Records, given: Records, notedApart = false): Promise<void> {
    const context = this.#context;
    let left: Records = given;
    do {
      context.tally.handlings++;
      const live = await context.call(walked, context.states.liveView);
      const { own, rest } = this.#recordsOf(walked, left, 'fault' in live ? [] : live.outputs);
      await settleAgain(context, walked, { before, why: 'it was handled before', notedApart }, own);
      left = rest;
    } while (left.length > 0);
  }

  async #redelivered(place: number, offset: number, { outputs: records }: Handling): Promise<void> {
    const { spec, inputs } = this.#request;
    const walked = await fetchEvent(spec, inputs, place, offset);
    const id = spec.partitions[place]?.id;
    if (walked !== null) {
      if (!this.#context.isOutOfScope(walked)) await this.#againOrCopy(walked, records);
    } else if (id !== undefined) takeUnknown(this.#context, `${describePartition(id)}@${offset}`, records);
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

  /** Passes what is left up to where the service has read: what no records speak of comes in the order of its times. */
  async #passRest(): Promise<void> {
    if (!this.#walk.isApart) {
      await this.#passUntil(() => false);
      return;
    }
    await this.#passInTurns(new Set(this.#request.spec.partitions.keys()), () => true);
  }

  /**
   * The service may have come early, without a trace, to events behind those that the records show: where the handler gives
   * no outputs for some of them, nobody knows.
   */
  async #lookForSilence(): Promise<void> {
    const context = this.#context;
    const places = this.#walk.isApart ? [...this.#request.spec.partitions.keys()] : [0];
    for (const place of places) {
      for (let looked = 0; looked < eventsBehind; looked++) {
        const loading = this.#walk.load(place);
        if (loading !== undefined) await loading;
        const walked = this.#walk.peek(place);
        if (walked === null) break;
        this.#walk.step();
        context.independent?.connect(walked.place, walked.keys.map(named));
        const answer = context.isOutOfScope(walked) ? null : await context.call(walked, context.states.rightView);
        if (answer === null || 'fault' in answer) continue;
        commitBoth(context, walked, answer, answer);
        context.noteSpeech(walked, answer.outputs);
        if (this.#isUnplaced(walked)) context.unplaced.add(walked);
      }
    }
  }

  /** Events that nothing shows to have been handled may have been, and connect the keys of partitions. */
  async #connectRest(): Promise<void> {
    const places = this.#walk.isApart ? [...this.#request.spec.partitions.keys()] : [0];
    for (const place of places) {
      for (;;) {
        const loading = this.#walk.load(place);
        if (loading !== undefined) await loading;
        const walked = this.#walk.peek(place);
        if (walked === null) break;
        this.#walk.step();
        this.#context.independent?.connect(walked.place, walked.keys.map(named));
        if (this.#isUnplaced(walked)) this.#context.unplaced.add(walked);
      }
    }
  }

  /** No record shows the event, and none would have to: nobody knows when it was handled. */
  #isUnplaced(walked: WalkedEvent): boolean {
    if (this.#witness.isNoted(walked)) return false;
    return this.#context.sometimesSilent || this.#witness.highest(walked.place) < 0;
  }

  /** What was handled before the records begin was handled before everything that they speak of. */
  async #passEarlier(): Promise<void> {
    if (!this.#walk.isApart) return;
    const { witnessedFrom, outputsFrom } = this.#request;
    const known = witnessedFrom.flatMap((from, place) => (from === null && outputsFrom === null ? [] : [place]));
    await this.#passInTurns(new Set(known), (walked) => !this.#witness.isWitnessed(walked));
  }

  /** Passes the events of some partitions in the order of their times, each as long as it is said to. */
  async #passInTurns(places: Set<number>, isPassed: (walked: WalkedEvent) => boolean): Promise<void> {
    while (places.size > 0) {
      let next: WalkedEvent | null = null;
      for (const place of places) {
        const loading = this.#walk.load(place);
        if (loading !== undefined) await loading;
        const walked = this.#walk.peek(place);
        if (walked === null || !isPassed(walked)) places.delete(place);
        else if (next === null || walked.now < next.now) next = walked;
      }
      if (next === null) return;
      const { place, offset } = next;
      await this.#passUntil(
        () => false,
        () => (this.#walk.passed[place] as number) <= offset,
        place,
      );
    }
  }

  /** Takes the right replay on to where the service had read, and tells what it never handled. */
  async #finish(): Promise<readonly OpenEvent[]> {
    const context = this.#context;
    if (this.#request.readUpTo !== null) await this.#passRest();
    else if (context.holdsAny) await this.#lookForSilence();
    tellLeftOverOutputs(context, this.#carried.keys());
    tellDisplaced(context, Infinity);
    for (const { walked } of context.open.all()) if (this.#isUnplaced(walked)) context.unplaced.add(walked);
    const unclear = tellNeverHandled(context, this.#witness);
    if (context.independent !== null && context.holdsAny) await this.#connectRest();
    context.releaseHeld();
    return unclear;
  }
}

function named(key: string): { readonly key: string } {
  return { key };
}
