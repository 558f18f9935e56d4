import type { ForcedQuarantine, Job, OffsetGap, ReplaySpec } from '@eventmend/core/engine';
import type { SnapshotSource } from '@eventmend/core';
import type { StateCut } from './compare-through-cuts.js';
import { explainInReplay } from './explain-in-replay.js';
import type { ExplanationLimits, StateExplanations } from './state-explanations.js';

export interface ExplainStatesRequest {
  readonly spec: ReplaySpec;
  readonly start: { readonly id: string; readonly stateVersion: number } | null;
  /** Ids of the sources' own; the name under which each is spoken of is in the cut. */
  readonly cuts: readonly StateCut[];
  readonly leavesOut: readonly OffsetGap[];
  readonly limits: ExplanationLimits;
  readonly forced: readonly ForcedQuarantine[];
  readonly accused: readonly string[] | null;
}

type ExplainStatesSources = Readonly<Record<StateCut['from'], SnapshotSource | null>>;

/** Explains states. Null when it was stopped. */
const explainStatesJob: Job<ExplainStatesRequest, ExplainStatesSources, StateExplanations | null> = (
  { start, accused, ...request },
  inputs,
  sources,
  control,
) => {
  const rows = (from: StateCut['from'], id: string) => {
    const source = sources[from];
    if (source === null) throw new Error(`there is no source of ${from} states`);
    return source.rows(id);
  };
  return explainInReplay({
    ...request,
    accused: accused === null ? null : new Set(accused),
    start: start === null ? null : { stateVersion: start.stateVersion, rows: () => rows('snapshots', start.id) },
    startName: start?.id ?? null,
    rowsOf: (cut: StateCut) => rows(cut.from, cut.id),
    inputs,
    control,
  });
};

export default explainStatesJob;
