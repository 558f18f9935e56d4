import { describePartition } from '@eventmend/core/engine';
import type { CarriedRecords } from './carried-records.js';
import { applyRevealedFields } from './commit-handling.js';
import { fetchEvent } from './fetch-event.js';
import type { FollowContext } from './follow-context.js';
import type { Handling } from '../records/handling.js';
import { takeUnknown } from './lose-effect.js';
import type { RecentHandling } from './recent-handlings.js';
import type { RecordWitness } from './record-witness.js';
import { settleAgain, settleGranted } from './settle-again.js';
import { perhapsCopy } from './undecided.js';
import type { WalkedEvent } from './walk-log.js';

type Records = Handling['outputs'];

/** Settles records of events that were handled before, or only taken for handled. */
export class RepeatedHandlings {
  readonly #context: FollowContext;
  readonly #witness: RecordWitness;
  readonly #carried: CarriedRecords;

  constructor(context: FollowContext, witness: RecordWitness, carried: CarriedRecords) {
    this.#context = context;
    this.#witness = witness;
    this.#carried = carried;
  }

  /** A record of an event that is behind: of a second handling, or of the first where that was only taken for granted. */
  async seenAgain(known: RecentHandling, handling: Handling): Promise<void> {
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
      const shown = await this.again(known.walked, known.records, records, isNotedApart);
      if (!isNotedApart) known.unnoted += shown;
      // What comes once more may repeat any of them.
      known.records = [...(known.records ?? []), ...(records ?? [])];
      return;
    }
    known.assumed = false;
    known.records = records;
    this.#context.tally.handlings++;
    this.#context.open.noteHandling(known.walked);
    await settleGranted(this.#context, known.walked, records);
  }

  /** An event that was handled before comes again, perhaps several times. Counts those that it surely was. */
  async again(walked: WalkedEvent, before: Records, given: Records, notedApart = false): Promise<number> {
    const context = this.#context;
    let shown = 0;
    let left: Records = given;
    do {
      context.tally.handlings++;
      context.open.noteHandling(walked);
      const live = await context.call(walked, context.states.liveView);
      const { own, rest } = this.#carried.recordsOf(walked, left, 'fault' in live ? [] : live.outputs);
      if (await settleAgain(context, walked, { before, why: 'it was handled before', notedApart }, own)) shown++;
      left = rest;
    } while (left.length > 0);
    return shown;
  }

  async redelivered(place: number, offset: number, { outputs: records }: Handling): Promise<void> {
    const { spec, inputs } = this.#context.request;
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
    if (walked.offset < (this.#context.request.spec.partitions[walked.place]?.next ?? 0)) return false;
    if (this.#witness.isGranted(walked)) return true;
    return this.#context.sometimesSilent && !this.#witness.isNoted(walked);
  }

  /** An earlier event again; or a delivery whose handling was taken for the one of an earlier delivery. */
  async #againOrCopy(walked: WalkedEvent, records: Records): Promise<void> {
    const context = this.#context;
    const id = context.copyIdOf(walked);
    const known = id === null ? undefined : context.recent.find((one) => context.copyIdOf(one) === id);
    if (id === null || (known !== undefined && !known.assumed)) {
      await this.again(walked, known?.records ?? null, records);
      return;
    }
    // The log had passed both deliveries: this may be the handling that the earlier one came to nothing for.
    const earlier = context.open.findByCopy(walked);
    if (earlier !== undefined) {
      context.open.remove(earlier);
      context.cannotTell(earlier.walked, perhapsCopy);
    }
    context.histories?.giveUp(walked.keys);
    context.cannotTell(walked, perhapsCopy);
    for (const key of walked.keys) context.states.part(key).standing = 'guessed';
    applyRevealedFields(context, walked, records ?? [], 'guessed');
  }
}
