import type { Position } from '@eventmend/core';
import {
  coverPartitions,
  positionToJson,
  segmentsOf,
  type BaselinePart,
  type LogSurvey,
  type PartitionCover,
  type PlanSegment,
} from '@eventmend/core/engine';
import type { BaselineCandidate } from './checkpoint-candidates.js';
import { olderPosition, type ChosenBaseline, type ToldKeys } from './choose-baseline.js';

/** What is read for a baseline. */
export interface BaselineWay {
  /** From the newest state to the target: events of all keys. */
  readonly cover: readonly PartitionCover[];
  /** From an older state to the newest: events of the keys that begin there. */
  readonly olderCover: readonly PartitionCover[];
}

export function wayOf({ newest, told }: ChosenBaseline, survey: LogSurvey, target: Position): BaselineWay {
  return {
    cover: coverPartitions(survey, newest.position, target),
    olderCover:
      told === null ? [] : coverPartitions(survey, olderPosition(told.older, newest, told.partitions), newest.position),
  };
}

export function baselineParts({ newest, told }: ChosenBaseline): readonly BaselinePart[] {
  return [...(told === null ? [] : partsOfTold(told, newest)), partOf(newest)];
}

function partsOfTold(told: ToldKeys, newest: BaselineCandidate): readonly BaselinePart[] {
  const { older, wrong, keys, partitions, agreeing } = told;
  const parts: BaselinePart[] = [];
  if (keys.length > 0) {
    parts.push({
      ...partOf({ ...older, position: olderPosition(older, newest, partitions) }),
      scope: { kind: 'keys', keys },
      insteadOf: { snapshot: newest.snapshot?.id ?? '', wrong },
    });
  }
  if (agreeing.length > 0) {
    const from = older.snapshot === null ? 'the beginning of the log' : older.snapshot.id;
    parts.push({
      ...partOf(newest),
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
  { cover, olderCover }: BaselineWay,
  survey: LogSurvey,
): readonly PlanSegment[] {
  const ofOlder =
    told === null
      ? []
      : segmentsOf(olderCover, survey, fidelityOf(told.older)).map((segment): PlanSegment => ({
          ...segment,
          scope: { kind: 'keys', keys: told.keys },
        }));
  return [...ofOlder, ...segmentsOf(cover, survey, fidelityOf(newest))];
}

function partOf({ snapshot, basis, position, evidence }: BaselineCandidate): BaselinePart {
  const { omits } = snapshot ?? {};
  return {
    scope: { kind: 'all' },
    source: snapshot === null ? { kind: 'genesis' } : { kind: 'snapshot', id: snapshot.id, digest: snapshot.digest },
    basis,
    position: positionToJson(position),
    evidence,
    ...(omits !== undefined && { omits }),
  };
}

function fidelityOf({ basis }: BaselineCandidate): 'exact' | 'declared' | 'unproven' {
  return basis === 'declared' || basis === 'unproven' ? basis : 'exact';
}
