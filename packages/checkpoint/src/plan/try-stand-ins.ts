import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes, isRecoveryError, type LongWork, type Plan } from '@eventmend/core';
import { openArchive } from '@eventmend/core/archive';
import {
  chooseHidden,
  coverPartitions,
  endOf,
  gapsOf,
  hideOffsets,
  positionToJson,
  segmentsOf,
  tryWay,
  type HiddenOffsets,
  type LogSurvey,
  type MarkedOutcome,
  type PreparedInputs,
  type ReplayGap,
  type StandInTrial,
  type TriedWay,
  type UntriedStandIns,
} from '@eventmend/core/engine';
import { planStandIns, type PlacedStandIn, type PlannedStandIns } from './plan-stand-ins.js';
import type { TrialWay } from './trial-ways.js';

/** What came of rows that stand in where the events are known, or why nobody knows. */
export interface TriedStandIns extends Pick<Plan, 'standInTrial' | 'untriedStandIns'> {
  /**
   * What stands in is not to be called all that was lost: in the trial it would have been, and states came out wrong, or the
   * trial failed, which rows that are not the events can do to it.
   */
  readonly isDoubted: boolean;
}

function untried(why: UntriedStandIns): TriedStandIns {
  return { untriedStandIns: why, isDoubted: why.reason === 'failed' };
}

/** A way through the logs, with what stands in for the events that are really lost on it. */
interface FilledWay extends Pick<TrialWay, 'baseline' | 'range'> {
  readonly replaced: Pick<PlannedStandIns, 'logs' | 'segments' | 'ends' | 'used'>;
}

const nothingReplaced: FilledWay['replaced'] = { logs: [], segments: [], ends: [], used: [] };

/**
 * Tries the records where the truth is known: as many known events as are lost are hidden, in front of the baseline where enough is
 * known there, else behind it; the rows stand in as they do for lost ones, and the states of the keys that they name are held against
 * those that the events themselves give. Carries the way out twice, in memory. What fails on that way is no failure of the plan, which
 * then says that nothing was tried.
 * @param ways what `trialWays` gave, which saw what was read of the logs to find the rows
 * @returns neither where no row stands in
 * @throws RecoveryError `interrupted`; what passes by itself, such as a broker that is away: in a minute the same plan can be made
 */
export async function tryStandIns(
  prepared: PreparedInputs,
  ways: readonly TrialWay[],
  gaps: readonly ReplayGap[],
  replaced: PlannedStandIns,
  work: LongWork,
): Promise<TriedStandIns> {
  if (replaced.used.length === 0) return { isDoubted: false };
  try {
    return await tryOneWay(prepared, ways, gaps, replaced, work);
  } catch (error) {
    const isOwn = isRecoveryError(error) && error.exitCode !== exitCodes.transient;
    if (work.signal?.aborted === true || !isOwn) throw error;
    return untried({ reason: 'failed', error: error.code });
  }
}

async function tryOneWay(
  prepared: PreparedInputs,
  ways: readonly TrialWay[],
  gaps: readonly ReplayGap[],
  replaced: PlannedStandIns,
  work: LongWork,
): Promise<TriedStandIns> {
  const lost = gaps.reduce((sum, { from, to }) => sum + to - from, 0);
  const topics = new Set(replaced.used.map(({ topic }) => topic));
  let best: { readonly way: TrialWay; readonly hidden: readonly HiddenOffsets[] } | null = null;
  for (const way of ways) {
    const hidden = chooseHidden(await way.times.sampled(topics, work.signal), replaced.period, lost);
    if (best === null || offsetsOf(hidden) > offsetsOf(best.hidden)) best = { way, hidden };
    if (offsetsOf(hidden) >= lost) break;
  }
  if (best === null || best.hidden.length === 0) return untried({ reason: 'nothing-known' });
  const { way, hidden } = best;
  const { baseline, range, isOfPlan } = way;
  const filled = { baseline, range, replaced: isOfPlan ? replaced : nothingReplaced };
  return tryHidden(prepared, filled, hidden, work);
}

async function tryHidden(
  prepared: PreparedInputs,
  { baseline, range, replaced }: FilledWay,
  hidden: readonly HiddenOffsets[],
  work: LongWork,
): Promise<TriedStandIns> {
  const { situation, survey } = prepared;
  const scratch = mkdtempSync(join(tmpdir(), 'eventmend-hidden-'));
  try {
    const without = hideOffsets(survey, hidden);
    const cover = coverPartitions(without, range.from, range.to);
    const stoodIn = await planStandIns(
      { ...prepared, survey: without, situation: { ...situation, store: scratch } },
      range,
      gapsOf(cover),
      work,
    );
    const known = new Set(replaced.used.map(nameOf));
    const own = stoodIn.used.filter((row) => !known.has(nameOf(row)));
    const filled = await carryOut(prepared, { baseline, range, replaced: stoodIn }, without, placesOf(own), [], work);
    const truth = await carryOut(prepared, { baseline, range, replaced }, survey, hidden, filled.named, work);
    const right = new Map(truth.states);
    const isNamed = new Set(filled.named);
    const trial: StandInTrial = {
      time: truth.time,
      events: truth.events,
      rows: filled.events,
      namings: filled.namings,
      keys: filled.named.length,
      right: filled.states.filter(([key, state]) => right.get(key) === state).length,
      bare: truth.named.filter((key) => !isNamed.has(key)).length,
    };
    return { standInTrial: trial, isDoubted: stoodIn.coverage.isWhole && trial.right < trial.keys };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Carries a way out over what some logs hold, with what stands in beside them. */
async function carryOut(
  prepared: PreparedInputs,
  { baseline, range, replaced: { logs, segments, ends } }: FilledWay,
  survey: LogSurvey,
  marked: TriedWay['marked'],
  alsoOf: readonly string[],
  work: LongWork,
): Promise<MarkedOutcome> {
  const opened = logs.map(({ location }) => openArchive(location));
  try {
    const all = [
      ...survey.logs,
      ...opened.map((log) => ({ log, as: 'external' as const, description: log.describe() })),
    ];
    const plan: TriedWay['plan'] = {
      baseline,
      segments: [...segmentsOf(coverPartitions(survey, range.from, range.to), survey, 'exact'), ...segments],
      target: { spec: { kind: 'end' }, position: [...positionToJson(range.to), ...ends] },
      logEnd: [...positionToJson(endOf(survey)), ...ends],
    };
    return await tryWay({ ...prepared, survey: { ...survey, logs: all } }, { plan, marked, alsoOf }, work);
  } finally {
    for (const log of opened) log.close();
  }
}

function nameOf({ records, row }: PlacedStandIn): string {
  return `${row} ${records}`;
}

/** Rows that stand one behind the other as one stretch. */
function placesOf(rows: readonly PlacedStandIn[]): readonly HiddenOffsets[] {
  const places: { -readonly [Name in keyof HiddenOffsets]: HiddenOffsets[Name] }[] = [];
  for (const { source, topic, incarnation, partition, offset } of rows) {
    const last = places.at(-1);
    if (last?.topic === topic && last.source === source && last.to === offset) last.to++;
    else places.push({ source, topic, incarnation, partition, from: offset, to: offset + 1 });
  }
  return places;
}

function offsetsOf(ranges: readonly HiddenOffsets[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}
