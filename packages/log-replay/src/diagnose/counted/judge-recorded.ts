import type { RecordedOutput } from '@eventmend/core';
import { OutputValues, type ReplayInputs, type RunControl } from '@eventmend/core/engine';
import type { ObservedDifference } from '../fault.js';
import { callWorker } from '../follow/call-worker.js';
import type { AskedFromStates } from '../follow/other-states.js';
import { LeftToChance } from '../follow/left-to-chance.js';
import { Revelations } from '../follow/revealed-fields.js';
import { saidOtherwise, SaidOnce } from '../follow/said-otherwise.js';
import { StatesSeen } from '../follow/states-seen.js';
import type { WalkedEvent } from '../follow/walk-log.js';
import { differenceFromAnyState } from '../follow/wrong-from-any-state.js';
import type { OutputCounts } from './count-outputs.js';

/** What rows of an event prove whatever else the service did, and in which order. */
export type RecordedFault =
  { readonly kind: 'twice' } | { readonly kind: 'wrong'; readonly difference: ObservedDifference };

/** States of so many other keys are tried in place of an event's own. */
const otherKeys = 16;

/**
 * Judges events from their recorded outputs alone. The handler is asked from states that a service may have had: those that the events
 * lead to one after the other, partition by partition, and others near and far. None of them is taken for the one that it had.
 */
export class RecordedJudge {
  readonly #recorded: OutputCounts;
  readonly #revelations: Revelations;
  #saidOnce = new SaidOnce();
  readonly #states = new Map<string, unknown>();
  readonly #seen = new StatesSeen();
  readonly #lastKeys: string[] = [];
  readonly #asked: AskedFromStates;
  readonly #chance = new LeftToChance((walked, view) => this.#asked.call(walked, view));
  #isOver = false;

  constructor(recorded: OutputCounts, { instance }: ReplayInputs, control: RunControl) {
    this.#recorded = recorded;
    const { outputs } = instance.worker;
    const values = new OutputValues(outputs);
    this.#revelations = new Revelations(outputs);
    this.#asked = {
      stateOf: (key) => this.#states.get(key),
      otherKeys: () => this.#lastKeys,
      statesSeen: () => this.#seen.all,
      call: (walked, view) => {
        control.enter(walked.place, walked.offset);
        // The host of a process applies the time limit itself.
        if (instance.mode === 'batches') control.idle();
        return callWorker(instance, walked, view, values);
      },
    };
  }

  async judge(walked: WalkedEvent): Promise<RecordedFault | null> {
    const live = await this.#asked.call(walked, { read: this.#asked.stateOf });
    if ('fault' in live) return null;
    this.#chance.passed(walked, { read: this.#asked.stateOf }, live);
    if (this.#chance.isBehind) await this.#chance.catchUp();
    const rows = this.#recorded[walked.place]?.get(walked.offset) ?? [];
    const told = await this.#judgeRows(walked, live, rows);
    for (const { key, state } of live.writes) {
      if (state === undefined) this.#states.delete(key);
      else {
        this.#states.set(key, state);
        this.#seen.note(state);
      }
    }
    this.#lastKeys.unshift(...walked.keys);
    this.#lastKeys.length = Math.min(otherKeys, this.#lastKeys.length);
    return told;
  }

  /**
   * Judges an event once more when all have been judged: from the states that were seen only later as well. True where what was
   * told of it holds.
   */
  async holdsStill(walked: WalkedEvent, fault: RecordedFault): Promise<boolean> {
    const { kind } = fault;
    if (this.#chance.explains(kind, kind === 'wrong' ? fault.difference : null)) return false;
    if (this.#seen.all.length === 0) return true;
    if (!this.#isOver) {
      this.#isOver = true;
      this.#saidOnce = new SaidOnce();
    }
    const live = await this.#asked.call(walked, { read: this.#asked.stateOf });
    if ('fault' in live) return false;
    const rows = this.#recorded[walked.place]?.get(walked.offset) ?? [];
    return (await this.#judgeRows(walked, live, rows))?.kind === kind;
  }

  async #judgeRows(
    walked: WalkedEvent,
    live: Parameters<SaidOnce['provesAnotherHandling']>[2],
    rows: readonly RecordedOutput[],
  ): Promise<RecordedFault | null> {
    if (rows.length === 0) return null;
    const contradicting = rows.filter(
      (row) =>
        saidOtherwise(
          [row],
          rows.filter((other) => other !== row),
          live,
        ).length > 0,
    );
    if (await this.#saidOnce.provesAnotherHandling(this.#asked, walked, live, contradicting)) return { kind: 'twice' };
    const difference = await differenceFromAnyState(this.#asked, walked, live, rows, this.#revelations.tolerancesOf);
    return difference === null ? null : { kind: 'wrong', difference };
  }
}
