import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isWorkerError, type LongWork, type Plan } from '@eventmend/core';
import { openArchive } from '@eventmend/core/archive';
import {
  baselinePart,
  chooseHidden,
  coverPartitions,
  endOf,
  gapsOf,
  hideOffsets,
  positionToJson,
  sampleTimes,
  segmentsOf,
  tryWay,
  type BaselineCandidate,
  type HiddenOffsets,
  type LogSurvey,
  type MarkedOutcome,
  type PreparedInputs,
  type ReplayGap,
  type ResolvedTarget,
  type StandInRange,
  type StandInTrial,
  type TriedWay,
} from '@eventmend/core/engine';
import { knownStretch } from './known-stretch.js';
import { planStandIns, rangeBetween, type PlacedStandIn, type PlannedStandIns } from './plan-stand-ins.js';

/** What came of rows that stand in where the events are known. */
export interface TriedStandIns {
  readonly trial: StandInTrial;
  /** What stood in would have been called all that was lost, and states came out wrong. */
  readonly isContradicted: boolean;
}

/** A way through the logs on which known events can be hidden. */
interface Way {
  readonly baseline: Plan['baseline'];
  readonly range: StandInRange;
  /** What stands in for the events that are really lost on it. */
  readonly replaced: Pick<PlannedStandIns, 'logs' | 'segments' | 'ends' | 'used'>;
}

const nothingReplaced: Way['replaced'] = { logs: [], segments: [], ends: [], used: [] };

/**
 * Tries the records where the truth is known: as many known events as are lost are hidden, in front of the baseline where enough is
 * known there, else behind it; the rows stand in as they do for lost ones, and the states of the keys that they name are held against
 * those that the events themselves give. Carries the way out twice, in memory.
 * @returns null where no row stands in, or nothing that is known could be hidden
 */
export async function tryStandIns(
  prepared: PreparedInputs,
  newest: BaselineCandidate,
  target: ResolvedTarget,
  gaps: readonly ReplayGap[],
  replaced: PlannedStandIns,
  work: LongWork,
): Promise<TriedStandIns | null> {
  if (replaced.used.length === 0) return null;
  const lost = gaps.reduce((sum, { from, to }) => sum + to - from, 0);
  const topics = new Set(replaced.used.map(({ topic }) => topic));
  let best: { readonly way: Way; readonly hidden: readonly HiddenOffsets[] } | null = null;
  for (const way of waysOf(prepared, newest, target, replaced)) {
    const cover = coverPartitions(prepared.survey, way.range.from, way.range.to);
    const ofTopics = cover.filter(({ partition: { topic } }) => topics.has(topic));
    const hidden = chooseHidden(await sampleTimes(prepared.survey, ofTopics, work.signal), replaced.period, lost);
    if (best === null || offsetsOf(hidden) > offsetsOf(best.hidden)) best = { way, hidden };
    if (offsetsOf(hidden) >= lost) break;
  }
  if (best === null || best.hidden.length === 0) return null;
  try {
    return await tryHidden(prepared, best.way, best.hidden, work);
  } catch (error) {
    // Where the worker fails without an event it tells nothing of states.
    if (isWorkerError(error)) return null;
    throw error;
  }
}

/** In front of the baseline, where nothing is lost; and behind it, as the plan itself goes. */
function waysOf(
  prepared: PreparedInputs,
  newest: BaselineCandidate,
  target: ResolvedTarget,
  replaced: PlannedStandIns,
): readonly Way[] {
  const known = knownStretch(prepared, newest);
  const behind = { baseline: [baselinePart(newest)], range: rangeBetween(newest, target), replaced };
  if (known === null) return [behind];
  return [{ baseline: known.plan.baseline, range: known.range, replaced: nothingReplaced }, behind];
}

async function tryHidden(
  prepared: PreparedInputs,
  { baseline, range, replaced }: Way,
  hidden: readonly HiddenOffsets[],
  work: LongWork,
): Promise<TriedStandIns | null> {
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
    const truth =
      filled && (await carryOut(prepared, { baseline, range, replaced }, survey, hidden, filled.named, work));
    if (filled === null || truth === null) return null;
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
    return { trial, isContradicted: stoodIn.coverage.isWhole && trial.right < trial.keys };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Carries a way out over what some logs hold, with what stands in beside them. */
async function carryOut(
  prepared: PreparedInputs,
  { baseline, range, replaced: { logs, segments, ends } }: Way,
  survey: LogSurvey,
  marked: TriedWay['marked'],
  alsoOf: readonly string[],
  work: LongWork,
): Promise<MarkedOutcome | null> {
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
