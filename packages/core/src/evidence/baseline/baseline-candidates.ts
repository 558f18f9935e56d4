import type { Position } from '../../model/position/position.js';
import type { SnapshotDescription } from '../../model/snapshots/snapshot-source.js';
import { beginningOf } from '../coverage/boundary-positions.js';
import { lostBetween } from '../coverage/cover-partitions.js';
import type { LogSurvey } from '../coverage/survey-logs.js';
import type { PreparedInputs } from '../inputs/prepare-inputs.js';
import type { Examination, ExaminedSnapshot } from '../proof/examine-snapshots.js';
import type { Transition } from '../proof/prove-transitions.js';
import { behindOnset } from '../proof/refuse-trusted-behind-onset.js';
import { isInFrontOf } from '../stop-position/is-in-front-of.js';
import type { ResolvedTarget } from '../stop-position/resolve-target.js';
import type { PlacedByTime } from './place-by-time.js';
import { SnapshotObjections } from './snapshot-objections.js';

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
  /**
   * True where only its time is known, and its place lies among offsets that no log holds: all of them count as lost, although
   * the state has seen some.
   */
  readonly isWithinLoss: boolean;
}

/**
 * All states that a recovery up to a target could begin at: the beginning of the log, snapshots that are proven or declared
 * trusted, and, where the onset is known, those from before it that nothing speaks against.
 * @param objections takes note of what speaks against those that are passed over
 */
export async function baselineCandidates(
  { prepared, placed }: PlacedByTime,
  examination: Examination,
  transitions: readonly Transition[],
  target: ResolvedTarget,
  objections = new SnapshotObjections(prepared.situation),
): Promise<readonly BaselineCandidate[]> {
  const { survey, facts } = prepared;
  const lostFrom = (position: Position): number => lostBetween(survey, position, target.position);
  const beginning = beginningOf(survey);
  const genesis: BaselineCandidate = {
    snapshot: null,
    position: beginning,
    basis: 'genesis',
    evidence: 'the beginning of the log, where no state is',
    lost: lostFrom(beginning),
    isWithinLoss: false,
  };
  // A snapshot of the service lacks the window of recent ids that such a worker needs.
  if (facts.worker.deduplicate !== undefined) return [genesis];
  const candidates: BaselineCandidate[] = [genesis];
  for (const examined of examination.examined) {
    const { candidate } = examined;
    const { position: recorded, description } = candidate;
    if (!isInFrontOf({ position: recorded, takenAt: description.takenAt }, target)) continue;
    const standing = await standingOf(examined, prepared, examination, transitions, objections);
    if (standing === null) continue;
    const { id } = description;
    const evidence = placed.has(id) ? `${placeOf(description)}; ${standing.evidence}` : standing.evidence;
    const position = withOrder(examined, survey);
    const { basis } = standing;
    candidates.push({
      ...{ snapshot: description, position, basis, evidence },
      ...{ lost: lostFrom(position), isWithinLoss: false },
    });
  }
  candidates.push(...(await placedInHoles(prepared, placed, target, lostFrom, objections)));
  return candidates;
}

/** States of which only the time is known, and whose place lies among offsets that no log holds. */
async function placedInHoles(
  { situation }: PreparedInputs,
  placed: PlacedByTime['placed'],
  target: ResolvedTarget,
  lostFrom: (position: Position) => number,
  objections: SnapshotObjections,
): Promise<readonly BaselineCandidate[]> {
  const { onset } = situation.incident;
  const candidates: BaselineCandidate[] = [];
  for (const { description, position, bracketed } of placed.values()) {
    const { id, takenAt } = description;
    if (bracketed.length === 0 || !isInFrontOf({ position, takenAt }, target)) continue;
    // It has seen what was lost up to its time.
    if (target.spec.kind !== 'end' && takenAt !== null && takenAt > (target.time ?? Infinity)) continue;
    const isBefore = onset !== null && takenAt !== null && takenAt < onset;
    const isMeant = situation.trusted.includes(id) && (onset === null || situation.trustedBehindOnset?.includes(id));
    if (!isBefore && isMeant !== true) continue;
    const { broken, against, confirmed } = await objections.of(description);
    if (broken.length > 0 || against.length > 0) continue;
    const where = bracketed.map(({ topic, partition }) => `${topic}[${partition}]`).join(', ');
    const within = `in ${where} it lies among offsets that no log holds, all of which count as lost`;
    const evidence = [placeOf(description), within, ...confirmed].join('; ');
    candidates.push({
      ...{ snapshot: description, position, basis: 'unproven', evidence },
      ...{ lost: lostFrom(position), isWithinLoss: true },
    });
  }
  return candidates;
}

/** What to say of a state that is placed by its time. */
export function placeOf({ takenAt }: SnapshotDescription): string {
  return `its position is not recorded: it is taken to hold the events up to ${new Date(takenAt ?? NaN).toISOString()}`;
}

/**
 * A replay knows the state of the order at the snapshot; a service that wrote the snapshot itself seldom does. One that went over a hole
 * knows it of the events that it saw only, which says too little.
 */
export function withOrder({ candidate, finding, order }: ExaminedSnapshot, survey: LogSurvey): Position {
  const { position } = candidate;
  if (finding.finding !== 'proven' && lostBetween(survey, beginningOf(survey), position) > 0) return position;
  return position.map((part, index) => {
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
  objections: SnapshotObjections,
): Promise<Pick<BaselineCandidate, 'basis' | 'evidence'> | null> {
  if (finding.finding === 'differs') return null;
  const isTrusted = finding.finding === 'proven' || finding.finding === 'declared';
  // Nobody's word, and no replay, makes states of what the worker calls impossible.
  if (isTrusted && (await objections.of(candidate.description)).broken.length > 0) return null;
  if (finding.finding === 'proven')
    return { basis: rootBasis === 'genesis' ? 'proven' : 'declared', evidence: finding.reason };
  if (finding.finding === 'declared') return { basis: 'declared', evidence: finding.reason };
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
  const { broken, against, confirmed } = await objections.of(candidate.description);
  if (broken.length > 0 || against.length > 0) return null;
  const whole = candidate.description.completeness === 'checked' ? 'it is whole and ' : '';
  return {
    basis: 'unproven',
    evidence: [`${whole}from before the onset; the log that could prove it is gone`, ...seen, ...confirmed].join('; '),
  };
}
