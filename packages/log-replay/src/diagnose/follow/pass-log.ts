import { createRecentIds, type RecentIds } from '@eventmend/core/engine';
import type { CalledWorker } from './call-worker.js';
import { commitApart, commitBoth } from './commit-handling.js';
import type { FollowContext } from './follow-context.js';
import { quarantine } from './lose-effect.js';
import { noteHandledAhead } from './note-handled-ahead.js';
import type { OpenEvent } from './open-event.js';
import type { RecordWitness } from './record-witness.js';
import { wereConfirmed } from './were-confirmed.js';
import { LogWalk, type WalkedEvent } from './walk-log.js';

/** So many events behind those that the records show are looked at for silence, a partition. */
const eventsBehind = 1000;

/**
 * Passes the events of the log on the way to those that the records speak of: each is taken for handled where no record had
 * to show it, and left open where one had to.
 */
export class LogPassage {
  readonly walk: LogWalk;
  readonly #context: FollowContext;
  readonly #witness: RecordWitness;
  readonly #seenIds: RecentIds | null;
  /** Number on the path of the event that was passed last. */
  rank = -1;

  constructor(context: FollowContext, witness: RecordWitness) {
    const { spec, inputs, readUpTo, apart, forced } = context.request;
    this.#context = context;
    this.#witness = witness;
    const ends = readUpTo ?? spec.partitions.map(({ target }) => target);
    this.walk = new LogWalk(spec, inputs, ends, { apart, forced });
    const { deduplicate } = inputs.instance.worker;
    this.#seenIds = deduplicate === undefined ? null : createRecentIds(deduplicate.window);
  }

  /** The worker leaves events out whose business id came before. */
  get leavesOutCopies(): boolean {
    return this.#seenIds !== null;
  }

  /**
   * Walks on to an event, which is given back unhandled; those on the way are passed. Null where the stretch ends first, or
   * where it may not be any further on.
   * @param mayComeStill false for a next event that it does not stand behind, nor is
   * @param place the partition to walk along, where each is walked by itself
   */
  async passUntil(
    isIt: (walked: WalkedEvent) => boolean,
    mayComeStill: (next: WalkedEvent) => boolean = () => true,
    place = 0,
  ): Promise<WalkedEvent | null> {
    for (;;) {
      const loading = this.walk.load(place);
      if (loading !== undefined) await loading;
      const walked = this.walk.peek(place);
      if (walked === null || !mayComeStill(walked)) return null;
      this.step(walked);
      if (isIt(walked)) return walked;
      await this.#pass(walked);
    }
  }

  step(walked: WalkedEvent): void {
    this.walk.step();
    this.rank = walked.rank;
    if (this.#context.isOutOfScope(walked)) {
      this.#context.tally.outOfScope++;
      return;
    }
    this.#context.tally.events++;
    this.#context.connect(walked);
    this.#context.request.onEvent(walked);
  }

  /** The path passes an event that the records do not speak of, or not yet. */
  async #pass(walked: WalkedEvent): Promise<void> {
    const context = this.#context;
    if (context.chance.isBehind) await context.catchUpWithChance();
    if (context.isOutOfScope(walked)) return;
    if (this.isDuplicate(walked)) {
      // Which of the two was handled, and when, no history tells.
      context.histories?.giveUp(walked.keys);
      context.doubts.copyPassed(walked);
      return;
    }
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
      await this.#leaveOpen(walked, right);
      return;
    }
    if (witnessed) {
      tally.silent++;
      context.unplaced.add(walked);
    } else {
      tally.unwitnessed++;
      this.#witness.grant(walked);
      context.placedByGuess.add(walked);
    }
    commitBoth(context, walked, right, live);
    this.#takeForGranted(walked);
  }

  async #leaveOpen(walked: WalkedEvent, right: CalledWorker): Promise<void> {
    const { states, open, tally, revelations } = this.#context;
    const doubtful = states.hadQuiet(walked.keys) || states.standingOf(walked.keys).standing !== 'exact';
    const left: OpenEvent = {
      walked,
      intended: right.outputs,
      earliest: this.#witness.turnOfHighest(walked.place) + 1,
      passedAt: tally.handlings,
      untried: 0,
      isNoted: this.#witness.isNoted(walked),
      isAtEdge: false,
      doubtful,
      wouldSpeak: !doubtful && revelations.roundedFields.length === 0 && (await wereConfirmed(this.#context, walked)),
      finding: 'unclear',
      tries: 0,
    };
    await noteHandledAhead(this.#context, left);
    commitApart(this.#context, walked, right);
    open.add(left);
  }

  /**
   * An event without records was taken for handled where the path has it. Whether it was, nothing shows; and under an order
   * that is only assumed, nothing shows when, so that keys which other partitions reach too are guessed from here on.
   */
  #takeForGranted(walked: WalkedEvent): void {
    const { states, recent, independent, tally, histories, open } = this.#context;
    open.noteHandling(walked);
    states.noteQuiet(walked.keys);
    histories?.giveUp(walked.keys);
    recent.add({
      turn: tally.handlings,
      rank: walked.rank,
      walked,
      records: null,
      times: [],
      unnoted: 0,
      assumed: true,
      before: null,
      isBeforeExact: false,
    });
    if (independent === null) return;
    for (const key of walked.keys) if (!independent.has(key)) states.part(key).standing = 'guessed';
  }

  isDuplicate({ event, fault }: WalkedEvent): boolean {
    if (this.#seenIds === null || fault !== null) return false;
    const id = this.#context.instance.deduplicationId(event);
    if (id !== null && this.#seenIds.has(id)) return true;
    this.#seenIds.add(id);
    return false;
  }

  /** What was handled before the records begin was handled before everything that they speak of. */
  async passEarlier(): Promise<void> {
    if (!this.walk.isApart) return;
    const { witnessedFrom, outputsFrom } = this.#context.request;
    const known = witnessedFrom.flatMap((from, place) => (from === null && outputsFrom === null ? [] : [place]));
    await this.#passInTurns(new Set(known), (walked) => !this.#witness.isWitnessed(walked));
  }

  /** Passes what is left up to where the service has read: what no records speak of comes in the order of its times. */
  async passRest(): Promise<void> {
    if (!this.walk.isApart) {
      await this.passUntil(() => false);
      return;
    }
    await this.#passInTurns(new Set(this.#context.request.spec.partitions.keys()), () => true);
  }

  /**
   * The service may have come early, without a trace, to events behind those that the records show: where the handler gives
   * no outputs for some of them, nobody knows.
   */
  async lookForSilence(): Promise<void> {
    const context = this.#context;
    const places = this.walk.isApart ? [...this.#context.request.spec.partitions.keys()] : [0];
    for (const place of places) {
      for (let looked = 0; looked < eventsBehind; looked++) {
        const loading = this.walk.load(place);
        if (loading !== undefined) await loading;
        const walked = this.walk.peek(place);
        if (walked === null) break;
        this.walk.step();
        context.connect(walked);
        const answer = context.isOutOfScope(walked) ? null : await context.call(walked, context.states.rightView);
        if (answer === null || 'fault' in answer) continue;
        commitBoth(context, walked, answer, answer);
        context.noteSpeech(walked, answer.outputs);
        if (this.isUnplaced(walked)) context.unplaced.add(walked);
      }
    }
  }

  /** Events that nothing shows to have been handled may have been, and connect the keys of partitions. */
  async connectRest(): Promise<void> {
    const places = this.walk.isApart ? [...this.#context.request.spec.partitions.keys()] : [0];
    for (const place of places) {
      for (;;) {
        const loading = this.walk.load(place);
        if (loading !== undefined) await loading;
        const walked = this.walk.peek(place);
        if (walked === null) break;
        this.walk.step();
        this.#context.connect(walked);
        if (this.isUnplaced(walked)) this.#context.unplaced.add(walked);
      }
    }
  }

  /** No record shows the event, and none would have to: nobody knows when it was handled. */
  isUnplaced(walked: WalkedEvent): boolean {
    if (this.#witness.isNoted(walked)) return false;
    return this.#context.sometimesSilent || this.#witness.highest(walked.place) < 0;
  }

  /** Passes the events of some partitions in the order of their times, each as long as it is said to. */
  async #passInTurns(places: Set<number>, isPassed: (walked: WalkedEvent) => boolean): Promise<void> {
    while (places.size > 0) {
      let next: WalkedEvent | null = null;
      for (const place of places) {
        const loading = this.walk.load(place);
        if (loading !== undefined) await loading;
        const walked = this.walk.peek(place);
        if (walked === null || !isPassed(walked)) places.delete(place);
        else if (next === null || walked.now < next.now) next = walked;
      }
      if (next === null) return;
      const { place, offset } = next;
      await this.passUntil(
        () => false,
        (walked) => walked.offset <= offset,
        place,
      );
    }
  }
}
