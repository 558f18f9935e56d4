import type { Position } from '@eventmend/core';
import {
  baselinePart,
  coverPartitions,
  fidelityBehind,
  segmentsOf,
  type BaselineCandidate,
  type BaselinePart,
  type LogSurvey,
  type PartitionCover,
  type PlanSegment,
} from '@eventmend/core/engine';
import type { ChosenBaseline } from './choose-baseline.js';
import { olderPosition, type ToldKeys } from './told-keys.js';

/** What is read for a baseline. */
export interface BaselineWay {
  /** From the newest state to the target: events of all keys. */
  readonly cover: readonly PartitionCover[];
  /** From each older state to the newest: events of the keys that begin there. */
  readonly olderCovers: readonly (readonly PartitionCover[])[];
}

export function wayOf({ newest, told }: ChosenBaseline, survey: LogSurvey, target: Position): BaselineWay {
  return {
    cover: coverPartitions(survey, newest.position, target),
    olderCovers: told.map(({ older, partitions }) =>
      coverPartitions(survey, olderPosition(older, newest, partitions), newest.position),
    ),
  };
}

export function baselineParts({ newest, told }: ChosenBaseline): readonly BaselinePart[] {
  return [...told.flatMap((keys) => partsOfTold(keys, newest)), baselinePart(newest)];
}

function partsOfTold(told: ToldKeys, newest: BaselineCandidate): readonly BaselinePart[] {
  const { older, wrong, keys, partitions, agreeing } = told;
  const parts: BaselinePart[] = [];
  if (keys.length > 0) {
    parts.push({
      ...baselinePart({ ...older, position: olderPosition(older, newest, partitions) }),
      scope: { kind: 'keys', keys },
      insteadOf: { snapshot: newest.snapshot?.id ?? '', wrong },
    });
  }
  if (agreeing.length > 0) {
    const from = older.snapshot === null ? 'the beginning of the log' : older.snapshot.id;
    parts.push({
      ...baselinePart(newest),
      scope: { kind: 'keys', keys: agreeing },
      basis: older.basis === 'genesis' ? 'proven' : older.basis,
      evidence: `a replay from ${from} gives them`,
    });
  }
  return parts;
}

/** The ranges of the log, those first that only the keys of an older state need. */
export function segmentsOfWay(
  { newest, told }: ChosenBaseline,
  { cover, olderCovers }: BaselineWay,
  survey: LogSurvey,
): readonly PlanSegment[] {
  const ofOlder = told.flatMap(({ older, keys }, place) =>
    segmentsOf(olderCovers[place] ?? [], survey, fidelityBehind(older.basis)).map((segment): PlanSegment => ({
      ...segment,
      scope: { kind: 'keys', keys },
    })),
  );
  return [...ofOlder, ...segmentsOf(cover, survey, fidelityBehind(newest.basis))];
}
