import {
  firstDifference,
  migrateState,
  type WorkerBasis,
  comparableState,
  sameComparable,
  shortened,
} from '@eventmend/core/engine';
import type { SnapshotRow } from '@eventmend/core';
import type { ObservedDifference, Undetermined } from '../fault.js';
import { isAnyTold, nobody } from './accusations.js';
import type { ExpectedAndLiveStates } from './expected-and-live-states.js';
import type { StateDoubts } from './state-doubts.js';

/** How far the faults that were found explain the live state: the proof of the diagnosis. */
export interface ExplainedState {
  readonly keys: number;
  /** Keys whose live state is not that of the replay, and that may be no fault's: another permissible order may have led to it. */
  readonly orderNotDetermined: number;
  /**
   * Keys of which nobody knows whether their live state is right: something that nobody knows led to it, or it is not that of the replay
   * and another delivery may have led to it.
   */
  readonly notKnown: number;
  /** Keys whose live state is wrong: no service without a fault is in it, or the very faults that were found lead to it. */
  readonly wrong: number;
  /** Of those: the faults that were found lead to the very same state. */
  readonly reproduced: number;
  /** Of those: known from rounded outputs only, so that it cannot be compared to the letter. */
  readonly approximate: number;
  /** Of those: something else must have happened to them. */
  readonly unexplained: number;
  readonly firstUnexplained: ObservedDifference | null;
}

/** How many unexplained keys are told one by one. */
const toldKeys = 1000;

/**
 * Compares the states that the service should be in after all that was found with those that it is in. A key is called wrong where its
 * right state is the only one without a fault; where another order may lead to others, only where the records tell the service's own
 * order and a fault that is told reaches the key and leads to its very state.
 */
export async function explainEnd(
  { states, doubts }: { readonly states: ExpectedAndLiveStates; readonly doubts: StateDoubts },
  rows: AsyncIterable<SnapshotRow>,
  stateVersion: number,
  instance: WorkerBasis,
  tell: (undetermined: Undetermined) => void,
): Promise<ExplainedState> {
  const comparable = (state: unknown, key: string): string | null =>
    state === undefined ? null : comparableState(instance, state, key);
  let keys = 0;
  let orderNotDetermined = 0;
  let notKnown = 0;
  let wrong = 0;
  let reproduced = 0;
  let approximate = 0;
  let unexplained = 0;
  let first: ObservedDifference | null = null;
  const seen = new Set<string>();
  const look = (key: string, live: string | null): void => {
    keys++;
    const right = comparable(states.right.get(key), key);
    const followed = comparable(states.liveState(key), key);
    const isRight = sameComparable(right, live);
    const isFollowed = sameComparable(followed, live);
    const doubt = doubts.of(key);
    if (doubt === 'unknown') notKnown++;
    if (doubt === 'unknown' || (isRight && isFollowed)) return;
    const { standing = 'exact', accusations = nobody } = states.apart.get(key) ?? {};
    const isReached = isAnyTold(accusations);
    // What was only suspected of it, or guessed, is refuted.
    if (isRight && (doubt !== null || !isReached || standing !== 'exact')) return;
    if (doubt === 'delivery') {
      notKnown++;
      return;
    }
    const isShown = isReached && isFollowed && standing === 'exact' && doubts.isSequenceKnown;
    if (doubt === 'order' && !isShown) {
      orderNotDetermined++;
      return;
    }
    if (!isRight) wrong++;
    if (isFollowed) reproduced++;
    else if (standing !== 'exact') approximate++;
    else {
      unexplained++;
      const difference = differenceOf(key, followed, live);
      first ??= difference;
      if (unexplained <= toldKeys) tell(undeterminedOf(key, difference));
    }
  };
  for await (const { key, state } of rows) {
    seen.add(key);
    look(key, comparable(migrateState(instance.worker, state, stateVersion, key), key));
  }
  for (const key of new Set([...states.right.keys(), ...states.apart.keys()])) {
    const held = states.right.get(key) !== undefined || states.liveState(key) !== undefined;
    if (held && !seen.has(key)) look(key, null);
  }
  return { keys, orderNotDetermined, notKnown, wrong, reproduced, approximate, unexplained, firstUnexplained: first };
}

function undeterminedOf(key: string, { path, expected, recorded }: ObservedDifference): Undetermined {
  return {
    event: null,
    key,
    suspicion: 'any',
    reason: `what was found leads to ${path} ${expected}, and the live state has ${recorded}`,
    missing: 'outputs or ledger entries of every event of this key, or a snapshot in between',
  };
}

function differenceOf(key: string, followed: string | null, live: string | null): ObservedDifference {
  const found = firstDifference(parsed(followed), parsed(live));
  const text = (value: unknown): string => (value === undefined ? 'nothing' : shortened(JSON.stringify(value)));
  return {
    output: null,
    key,
    path: found?.path ?? '$',
    expected: text(found?.left),
    recorded: text(found?.right),
  };
}

function parsed(text: string | null): unknown {
  return text === null ? undefined : JSON.parse(text);
}
