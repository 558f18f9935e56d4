import type { Position, SnapshotDescription } from '@eventmend/core';
import {
  beginningOf,
  behindOnset,
  coverPartitions,
  isBeforeOrAt,
  isWithin,
  lostOf,
  measureSnapshot,
  type Examination,
  type ExaminedSnapshot,
  type LogSurvey,
  type PreparedInputs,
  type Transition,
} from '@eventmend/core/engine';
import type { PlacedByTime } from './place-by-time.js';

/** A state that a recovery could begin at. */
export interface BaselineCandidate {
  /** Null for the beginning of the log. */
  readonly snapshot: SnapshotDescription | null;
  readonly position: Position;
  readonly basis: 'genesis' | 'proven' | 'declared' | 'unproven';
  /** Why it may be begun at, in one sentence. */
  readonly evidence: string;
  /** Offsets between it and the target whose events no log gives. */
  readonly lost: number;
}

/**
 * All states that a recovery up to a target could begin at: the beginning of the log, snapshots that are proven or declared
 * trusted, and, where the onset is known, those from before it that nothing speaks against.
 */
export async function baselineCandidates(
  { prepared, placed }: PlacedByTime,
  examination: Examination,
  transitions: readonly Transition[],
  target: Position,
): Promise<readonly BaselineCandidate[]> {
  const { survey, facts } = prepared;
  const lostFrom = (position: Position): number => lostBetween(survey, position, target);
  const beginning = beginningOf(survey);
  const genesis: BaselineCandidate = {
    snapshot: null,
    position: beginning,
    basis: 'genesis',
    evidence: 'the beginning of the log, where no state is',
    lost: lostFrom(beginning),
  };
  // A snapshot of the service lacks the window of recent ids that such a worker needs.
  if (facts.worker.deduplicate !== undefined) return [genesis];
  const candidates: BaselineCandidate[] = [genesis];
  for (const examined of examination.examined) {
    const { candidate } = examined;
    if (!isBeforeOrAt(candidate.position, target)) continue;
    const standing = await standingOf(examined, prepared, examination, transitions);
    if (standing === null) continue;
    const { id } = candidate.description;
    const evidence = placed.has(id) ? `${placeOf(candidate.description)}; ${standing.evidence}` : standing.evidence;
    const position = withOrder(examined);
    const { basis } = standing;
    candidates.push({ snapshot: candidate.description, position, basis, evidence, lost: lostFrom(position) });
  }
  candidates.push(...(await placedInHoles(prepared, placed, target, lostFrom)));
  return candidates;
}

/** Offsets between two positions whose events no log gives. */
export function lostBetween(survey: LogSurvey, from: Position, to: Position): number {
  return lostOf(coverPartitions(survey, from, to)).reduce((sum, gap) => sum + gap.to - gap.from, 0);
}

/** States of which only the time is known, and whose place lies among offsets that no log holds. */
async function placedInHoles(
  { situation }: PreparedInputs,
  placed: PlacedByTime['placed'],
  target: Position,
  lostFrom: (position: Position) => number,
): Promise<readonly BaselineCandidate[]> {
  const { onset } = situation.incident;
  const candidates: BaselineCandidate[] = [];
  for (const { description, position, bracketed } of placed.values()) {
    if (bracketed.length === 0 || !isBeforeOrAt(position, target)) continue;
    const { id, takenAt } = description;
    const isBefore = onset !== null && takenAt !== null && takenAt < onset;
    const isMeant = situation.trusted.includes(id) && (onset === null || situation.trustedBehindOnset?.includes(id));
    if (!isBefore && isMeant !== true) continue;
    const totals = await totalsOf(situation, description);
    if (totals === null) continue;
    const where = bracketed.map(({ topic, partition }) => `${topic}[${partition}]`).join(', ');
    const within = `in ${where} it lies among offsets that no log holds, all of which count as lost`;
    const evidence = [placeOf(description), within, ...totals].join('; ');
    candidates.push({ snapshot: description, position, basis: 'unproven', evidence, lost: lostFrom(position) });
  }
  return candidates;
}

/** What to say of a state that is placed by its time. */
export function placeOf({ takenAt }: SnapshotDescription): string {
  return `its position is not recorded: it is taken to hold the events up to ${new Date(takenAt ?? NaN).toISOString()}`;
}

/**
 * A proof knows the state of the order at the snapshot; a service that wrote the snapshot itself seldom does. A replay that
 * went over a hole knows it of the events that it saw only, which says too little.
 */
export function withOrder({ candidate, finding, order }: ExaminedSnapshot): Position {
  if (finding.finding !== 'proven') return candidate.position;
  return candidate.position.map((part, index) => {
    const at = order[index];
    return at === undefined
      ? part
      : { ...part, order: { watermark: at.watermark ?? -Infinity, clock: at.clock ?? -Infinity } };
  });
}

/** What a snapshot rests on; null where it must not be begun at. */
async function standingOf(
  { candidate, finding }: ExaminedSnapshot,
  { situation, survey }: PreparedInputs,
  { rootBasis }: Examination,
  transitions: readonly Transition[],
): Promise<Pick<BaselineCandidate, 'basis' | 'evidence'> | null> {
  if (finding.finding === 'proven')
    return { basis: rootBasis === 'genesis' ? 'proven' : 'declared', evidence: finding.reason };
  if (finding.finding === 'declared') return { basis: 'declared', evidence: finding.reason };
  if (finding.finding === 'differs') return null;
  const { onset } = situation.incident;
  const { takenAt } = candidate.description;
  // Without the time of either nobody knows that it is from before the error.
  if (onset === null || takenAt === null || takenAt > onset) return null;
  if ((await behindOnset(candidate, survey, onset)) !== null) return null;
  const into = transitions.find(({ to }) => to === candidate);
  if (into?.finding.finding === 'differs') return null;
  const outOf = transitions.find(({ from, finding: { finding: next } }) => from === candidate && next === 'proven');
  const seen = [into, outOf].flatMap((transition) =>
    transition?.finding.finding === 'proven'
      ? [`a replay from ${transition.from.description.id} gives ${transition.to.description.id}`]
      : [],
  );
  const totals = await totalsOf(situation, candidate.description);
  if (totals === null) return null;
  const whole = candidate.description.completeness === 'checked' ? 'it is whole and ' : '';
  return {
    basis: 'unproven',
    evidence: [`${whole}from before the onset; the log that could prove it is gone`, ...seen, ...totals].join('; '),
  };
}

/**
 * What control totals of its moment say of a snapshot: at most one sentence; null where one of them says otherwise. They speak
 * of a sum, and of no single state.
 */
export async function totalsOf(
  situation: PreparedInputs['situation'],
  description: SnapshotDescription,
): Promise<readonly string[] | null> {
  const held = await measureSnapshot(situation, description);
  if (!held.every(isWithin)) return null;
  const measures = held.map(({ total: { measure } }) => measure);
  if (measures.length === 0) return [];
  return [`its ${measures.join(' and ')} ${measures.length === 1 ? 'is' : 'are'} what the control totals say`];
}
