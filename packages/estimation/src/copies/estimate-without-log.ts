import type { LongWork } from '@eventmend/core';
import {
  baselineCandidates,
  chooseCandidate,
  examineSnapshots,
  placeByTime,
  SnapshotObjections,
  targetOfPlan,
  withObjections,
  type BaselineCandidate,
  type Examination,
  type PlannedSums,
  type PreparedInputs,
  type ResolvedTarget,
  type TargetRequest,
} from '@eventmend/core/engine';
import type { RefusalReason } from '../refusal/refusal.js';
import { datedCopies, measureCopies } from './measured-copy.js';
import { sumsOfCopies } from './sums-of-copies.js';

/**
 * Why nothing is estimated of a service without a log. `no-copies`: none of the states is of a known time from before the error, or
 * trusted; `no-moment`: nobody says of when an estimate is wanted; `no-measures`: the worker declares none; `no-grid`: the copies
 * follow none, or the moment is that of the last one. Else why the first measure is not estimated, as any other series.
 */
type WithoutLogRefusal = 'no-copies' | 'no-moment' | 'no-measures' | 'no-grid' | RefusalReason['code'];

/** The latest copy of the states, and what measures are likely to have come to since. */
export interface EstimateWithoutLog {
  readonly target: ResolvedTarget;
  readonly baseline: BaselineCandidate;
  readonly findings: Examination['findings'];
  readonly sums: PlannedSums;
}

/**
 * Where no log is left there is no history of events to draw from, and what single keys came to nobody can say. What the measures of
 * the worker came to in copies of the states is a history too: their sums are carried on to the moment that is asked for.
 */
export async function estimateWithoutLog(
  inputs: PreparedInputs,
  request: TargetRequest | undefined,
  wanted: string,
  work: LongWork,
): Promise<EstimateWithoutLog | { readonly refused: WithoutLogRefusal }> {
  const withPlaces = await placeByTime(inputs);
  const { prepared } = withPlaces;
  const target = await targetOfPlan(prepared, request, work);
  const examination = await examineSnapshots(prepared, 'recorded-proofs', work);
  const objections = new SnapshotObjections(prepared.situation);
  const candidates = await baselineCandidates(withPlaces, examination, [], target, objections);
  const { time } = target;
  const copies = datedCopies(candidates).filter(({ takenAt }) => takenAt <= (time ?? Infinity));
  if (copies.length === 0) return { refused: 'no-copies' };
  if (time === null || !Number.isFinite(time)) return { refused: 'no-moment' };
  if (Object.keys(prepared.facts.worker.measures ?? {}).length === 0) return { refused: 'no-measures' };
  const usable = candidates.filter(({ snapshot }) => snapshot !== null && (snapshot.takenAt ?? Infinity) <= time);
  const baseline = chooseCandidate(usable, wanted);
  const sums = sumsOfCopies(await measureCopies(copies, prepared, work.signal), time, prepared.situation.totals ?? []);
  if (sums === null || baseline === null) return { refused: 'no-grid' };
  const [first] = sums.measures;
  if (first?.refused !== undefined && sums.measures.every(({ estimated }) => estimated === undefined)) {
    return { refused: first.refused as RefusalReason['code'] };
  }
  return { target, baseline, findings: withObjections(examination.findings, objections), sums };
}
