import { compareCodePoints, firstDifference } from '@eventmend/core/engine';
import type { StateRow } from '../store/state-row.js';
import { openCheckpoint } from './checkpoint-rows.js';

/** What happened to one key between two checkpoints. */
export interface KeyDifference {
  readonly key: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Undefined where there was none. */
  readonly before: unknown;
  readonly after: unknown;
  /** Where two states differ first; null for an added or removed one. */
  readonly path: string | null;
  /** Events that were applied to the key in between; negative where the later one knows of fewer. */
  readonly events: number;
}

export interface CheckpointDifference {
  readonly from: string;
  readonly to: string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Keys to which events were applied that left their states as they were. */
  readonly touched: number;
  readonly same: number;
  /** The first of them, by key. */
  readonly examples: readonly KeyDifference[];
}

/** How many differences are kept where nobody says otherwise. */
const defaultExamples = 100;

/** Compares two checkpoints key by key, streaming. @throws RecoveryError `invalid-snapshot` */
export function diffCheckpoints(
  folder: string,
  from: string,
  to: string,
  options: { readonly examples?: number } = {},
): CheckpointDifference {
  const limit = options.examples ?? defaultExamples;
  const counts = { added: 0, removed: 0, changed: 0, touched: 0, same: 0 };
  const examples: KeyDifference[] = [];
  for (const [before, after] of paired(openCheckpoint(folder, from).rows(), openCheckpoint(folder, to).rows())) {
    const difference = differenceOf(before, after);
    if (difference !== null) {
      counts[difference.kind]++;
      if (examples.length < limit) examples.push(difference);
    } else if (before?.text != null || after?.text != null) {
      if (before?.proof.order === after?.proof.order) counts.same++;
      else counts.touched++;
    }
  }
  return { from, to, ...counts, examples };
}

function differenceOf(before: StateRow | null, after: StateRow | null): KeyDifference | null {
  const left = before?.text ?? null;
  const right = after?.text ?? null;
  if (left === right) return null;
  const key = (after ?? before)?.key ?? '';
  const states = { before: stateOf(left), after: stateOf(right) };
  const path = left === null || right === null ? null : (firstDifference(states.before, states.after)?.path ?? null);
  // Fields in another order are the same state.
  if (left !== null && right !== null && path === null) return null;
  const kind = left === null ? 'added' : right === null ? 'removed' : 'changed';
  return { key, kind, ...states, path, events: (after?.proof.events ?? 0) - (before?.proof.events ?? 0) };
}

function stateOf(text: string | null): unknown {
  return text === null ? undefined : (JSON.parse(text) as unknown);
}

/** The rows of two sorted streams, side by side where their keys are the same. */
function* paired(
  left: Generator<StateRow>,
  right: Generator<StateRow>,
): Generator<readonly [StateRow | null, StateRow | null]> {
  const next = (rows: Generator<StateRow>): StateRow | null => {
    const read = rows.next();
    return read.done === true ? null : read.value;
  };
  let before = next(left);
  let after = next(right);
  while (before !== null || after !== null) {
    const order = before === null ? 1 : after === null ? -1 : compareCodePoints(before.key, after.key);
    yield [order <= 0 ? before : null, order >= 0 ? after : null];
    if (order <= 0) before = next(left);
    if (order >= 0) after = next(right);
  }
}
