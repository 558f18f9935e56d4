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
import type { ExpectedAndLiveStates } from './expected-and-live-states.js';

/** How far the faults that were found explain the live state: the proof of the diagnosis. */
export interface ExplainedState {
  readonly keys: number;
  /** Keys whose live state is not that of the replay, and no fault stands behind it: another permissible order may. */
  readonly orderNotDetermined: number;
  /** Keys whose live state is not the right one. */
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
 * Compares the states that the service should be in after all that was found with those that it is in.
 * @param basis `orderAssumed`: the service may have interleaved the partitions otherwise than the replay; `hasFaults`: any was found.
 *   Without one, a state that nobody knows for another reason is no fault's
 */
export async function explainEnd(
  states: ExpectedAndLiveStates,
  rows: AsyncIterable<SnapshotRow>,
  stateVersion: number,
  {
    instance,
    orderAssumed,
    hasFaults,
  }: { readonly instance: WorkerBasis; readonly orderAssumed: boolean; readonly hasFaults: boolean },
  tell: (undetermined: Undetermined) => void,
): Promise<ExplainedState> {
  const comparable = (state: unknown, key: string): string | null =>
    state === undefined ? null : comparableState(instance, state, key);
  let keys = 0;
  let orderNotDetermined = 0;
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
    if (sameComparable(right, live) && sameComparable(followed, live)) return;
    const { standing = 'exact', tainted = false } = states.apart.get(key) ?? {};
    if (orderAssumed && !(tainted && hasFaults) && (sameComparable(followed, live) || standing !== 'exact')) {
      if (!sameComparable(right, live)) orderNotDetermined++;
      return;
    }
    if (!sameComparable(right, live)) wrong++;
    if (sameComparable(followed, live)) reproduced++;
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
  return { keys, orderNotDetermined, wrong, reproduced, approximate, unexplained, firstUnexplained: first };
}

function undeterminedOf(key: string, { path, expected, recorded }: ObservedDifference): Undetermined {
  return {
    event: null,
    key,
    suspicion: 'any',
    reason: `the faults found lead to ${path} ${expected}, and the live state has ${recorded}`,
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
