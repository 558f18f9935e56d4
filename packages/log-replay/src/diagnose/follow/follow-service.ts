import { CarriedRecords } from './carried-records.js';
import { FirstHandlings } from './first-handlings.js';
import { businessIdOf, FollowContext } from './follow-context.js';
import type { Followed, FollowRequest } from './follow-request.js';
import { describeRef, type Handling } from '../records/handling.js';
import { takeUnknown } from './lose-effect.js';
import { tellDisplaced } from './note-order.js';
import type { OpenEvent } from './open-event.js';
import { LogPassage } from './pass-log.js';
import { RecordWitness } from './record-witness.js';
import { RepeatedHandlings } from './repeated-handlings.js';
import { tellByLiveState } from './tell-by-live-state.js';
import { tellLeftOverOutputs, tellNeverHandled } from './tell-never-handled.js';
import { PlaceIndex } from '../records/place-index.js';

/** How far a record may be ahead of the path, in events of its partition, before it counts as one of an event far away. */
const farAhead = 1_000_000;

/** How far behind the last handled event an id is looked for: it may be one that no event has. Further for each in a row. */
const lookAhead = 20_000;

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
  readonly #carried: CarriedRecords;
  readonly #witness: RecordWitness;
  readonly #first: FirstHandlings;
  readonly #repeated: RepeatedHandlings;

  constructor(request: FollowRequest) {
    this.#request = request;
    this.#context = new FollowContext(request);
    this.#places = new PlaceIndex(request.spec.partitions.map(({ id }) => id));
    this.#witness = new RecordWitness(request);
    this.#passage = new LogPassage(this.#context, this.#witness);
    this.#carried = new CarriedRecords(request, this.#witness);
    this.#repeated = new RepeatedHandlings(this.#context, this.#witness, this.#carried);
    this.#first = new FirstHandlings(this.#context, {
      passage: this.#passage,
      places: this.#places,
      witness: this.#witness,
      carried: this.#carried,
      repeated: this.#repeated,
    });
  }

  /** A state that both begin with. */
  begin(key: string, state: unknown): void {
    this.#context.states.setRight(key, state);
  }

  async follow(): Promise<Followed> {
    const { control, handlings } = this.#request;
    const { tally, states, doubts, chance } = this.#context;
    try {
      await this.#passage.passEarlier();
      for await (const batch of handlings) {
        for (const handling of batch) {
          if (chance.isBehind) await this.#context.catchUpWithChance();
          if (!this.#first.takeInStep(handling)) await this.#take(handling);
        }
        tellDisplaced(this.#context, tally.handlings);
        control.progress(batch.length, tally.parked);
        if (control.stopRequested) return { tally, states, doubts, unclear: [], interrupted: true };
      }
      return { tally, states, doubts, unclear: await this.#finish(), interrupted: false };
    } finally {
      control.idle();
      this.#passage.walk.close();
    }
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
      if (this.#witness.hasBegun) await this.#repeated.redelivered(place, offset, handling);
      else context.tally.beforeStretch++;
    } else if (offset >= passed) {
      const walked = await this.#passage.passUntil(
        (one) => one.place === place && one.offset === offset,
        // What stands behind a hole must not be passed before its turn.
        (next) => (next.place === place ? next.offset : (this.#passage.walk.passed[place] as number)) <= offset,
        place,
      );
      if (walked === null) takeUnknown(context, describeRef(event), outputs);
      else await this.#first.first(walked, null, handling);
    } else {
      const open = context.open.find(place, offset);
      const known =
        open === undefined ? context.recent.find((one) => one.place === place && one.offset === offset) : undefined;
      if (open !== undefined) await this.#first.openHandled(open, handling);
      else if (known !== undefined) await this.#repeated.seenAgain(known, handling);
      else await this.#repeated.redelivered(place, offset, handling);
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
    if (waiting !== undefined) await this.#first.openHandled(waiting, handling);
    else if (known !== undefined) await this.#repeated.seenAgain(known, handling);
    else {
      const walked = await this.#passage.passUntil(
        (one) => businessIdOf(one) === id,
        () =>
          !this.#witness.hasBegun ||
          this.#passage.rank - this.#first.highestRank < lookAhead * (1 + this.#first.unknownIds),
      );
      if (walked === null) {
        this.#first.unknownIds++;
        takeUnknown(this.#context, `id ${id}`, handling.outputs);
      } else await this.#first.first(walked, null, handling);
    }
  }

  /** Where the records of a partition begin may be any distance away. */
  #isFarAhead(place: number, offset: number): boolean {
    return this.#witness.highest(place) >= 0 && offset - (this.#passage.walk.passed[place] as number) > farAhead;
  }

  /** Takes the right replay on to where the service had read, and tells what it never handled. */
  async #finish(): Promise<readonly OpenEvent[]> {
    const context = this.#context;
    if (this.#request.readUpTo !== null) await this.#passage.passRest();
    else if (context.pending.any) await this.#passage.lookForSilence();
    tellLeftOverOutputs(context, this.#carried.events());
    tellDisplaced(context, Infinity);
    for (const { walked } of context.open.all()) if (this.#passage.isUnplaced(walked)) context.unplaced.add(walked);
    const unclear = await tellByLiveState(context, this.#witness, await tellNeverHandled(context, this.#witness));
    if (context.independent !== null && context.pending.any) await this.#passage.connectRest();
    await context.catchUpWithChance();
    await context.pending.askAgain();
    context.pending.release();
    context.consequences.count(context.tally, context.independent !== null);
    return unclear;
  }
}
