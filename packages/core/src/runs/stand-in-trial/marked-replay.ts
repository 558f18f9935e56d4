import type { LaneObserver } from '../../engine/fold/lane-observer.js';
import type { ReplayInputs } from '../../engine/replay/replay-inputs.js';
import type { RunControl } from '../../engine/threads/run-control.js';
import { comparableState } from '../../evidence/compare/comparable-state.js';
import type { HiddenOffsets } from '../../evidence/coverage/hide-offsets.js';
import { partitionKey } from '../../model/log/partition-id.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { replayTrial, type TrialReplay } from '../trial/replay-trial.js';

/** What is told of a replay. */
export interface MarkedEvents {
  /** The events whose keys are told. */
  readonly marked: readonly HiddenOffsets[];
  /** Keys whose states are told whatever names them. */
  readonly alsoOf: readonly string[];
}

export interface MarkedOutcome {
  /** Marked events that were applied, and how many keys they named, each as often as it was named. */
  readonly events: number;
  readonly namings: number;
  /** From the first of them to the last, in milliseconds; null where none has a time. */
  readonly time: { readonly from: number; readonly until: number } | null;
  /** Keys that they named. */
  readonly named: readonly string[];
  /** States at the end as they are compared, of these and of `alsoOf`; null where a key has none. */
  readonly states: readonly (readonly [key: string, state: string | null])[];
}

/**
 * Replays in memory and tells what marked events come to.
 * @returns null where it was interrupted
 */
export async function replayMarked(
  { marked, alsoOf, ...trial }: TrialReplay & MarkedEvents,
  inputs: ReplayInputs,
  snapshots: SnapshotSource | null,
  control: RunControl,
): Promise<MarkedOutcome | null> {
  const ranges = new Map<string, HiddenOffsets[]>();
  for (const range of marked) {
    const key = partitionKey(range);
    ranges.set(key, [...(ranges.get(key) ?? []), range]);
  }
  const named = new Set<string>();
  let [events, namings, first, last] = [0, 0, Infinity, -Infinity];
  const observer: LaneObserver = {
    applied(event, now, entries) {
      const { source, topic, incarnation, partition, offset } = event;
      const own = ranges.get(partitionKey({ source, topic, incarnation, partition }));
      if (own?.some(({ from, to }) => offset >= from && offset < to) !== true) return;
      events++;
      namings += entries.length;
      for (const { key } of entries) named.add(key);
      if (!Number.isFinite(now)) return;
      first = Math.min(first, now);
      last = Math.max(last, now);
    },
    parked: () => undefined,
  };
  const { store, isInterrupted } = await replayTrial(trial, inputs, snapshots, control, { observer, atTarget: 'hold' });
  if (isInterrupted) return null;
  const stateOf = (key: string): string | null => {
    const text = store.state(key)?.text;
    return typeof text === 'string' ? comparableState(inputs.instance, JSON.parse(text), key) : null;
  };
  return {
    events,
    namings,
    time: first <= last ? { from: first, until: last } : null,
    named: [...named],
    states: [...new Set([...named, ...alsoOf])].map((key) => [key, stateOf(key)] as const),
  };
}
