import {
  openReplayInputs,
  type ForcedQuarantine,
  type LogLocator,
  type ReplayLocators,
  type ReplaySpec,
  type RunControl,
  type SnapshotSource,
} from '@eventmend/core';
import { openSnapshots } from '../../threads/open-snapshots.js';
import type { StateCut } from './compare-through-cuts.js';
import { explainInReplay } from './explain-in-replay.js';
import type { ExplanationLimits, StateExplanations } from './state-explanations.js';

export interface ExplainStatesJobData {
  readonly spec: ReplaySpec;
  readonly locators: ReplayLocators;
  readonly snapshots: LogLocator | null;
  readonly live: LogLocator | null;
  readonly start: { readonly id: string; readonly stateVersion: number } | null;
  /** Ids of the sources' own; the name under which each is spoken of is in the cut. */
  readonly cuts: readonly StateCut[];
  readonly limits: ExplanationLimits;
  readonly forced: readonly ForcedQuarantine[];
}

/** Explains states in a thread of its own. */
export default async function explainStatesJob(
  data: ExplainStatesJobData,
  control: RunControl,
): Promise<StateExplanations | null> {
  const inputs = await openReplayInputs(data.locators);
  try {
    const sources = { snapshots: await openSnapshots(data.snapshots), live: await openSnapshots(data.live) };
    return await explainInReplay({ ...data, ...rowsFrom(sources, data.start), inputs, control });
  } finally {
    await inputs.close();
  }
}

/** Where the states of the start and of the cuts are read from. */
export function rowsFrom(
  sources: { readonly snapshots: SnapshotSource | null; readonly live: SnapshotSource | null },
  start: ExplainStatesJobData['start'],
) {
  const rows = (from: StateCut['from'], id: string) => {
    const source = sources[from];
    if (source === null) throw new Error(`there is no source of ${from} states`);
    return source.rows(id);
  };
  return {
    start: start === null ? null : { stateVersion: start.stateVersion, rows: () => rows('snapshots', start.id) },
    startName: start?.id ?? null,
    rowsOf: (cut: StateCut) => rows(cut.from, cut.id),
  };
}
