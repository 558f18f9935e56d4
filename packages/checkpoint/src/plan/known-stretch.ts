import {
  beginningOf,
  coverPartitions,
  endOf,
  isBeforeOrAt,
  lostOf,
  positionToJson,
  samePosition,
  segmentsOf,
  type BaselineCandidate,
  type FactStretch,
  type PreparedInputs,
} from '@eventmend/core/engine';

/**
 * What the logs hold in front of a baseline without a loss: from their beginning, or from the earliest snapshot that nothing is lost
 * behind. Null where that is nothing, or where nobody knows when it ends.
 */
export function knownStretch(prepared: PreparedInputs, { snapshot, position }: BaselineCandidate): FactStretch | null {
  const { survey, snapshots } = prepared;
  const time = snapshot?.takenAt ?? null;
  if (time === null) return null;
  const beginning = { position: beginningOf(survey), description: null };
  const start = [beginning, ...snapshots.candidates].find(
    (candidate) =>
      !samePosition(candidate.position, position) &&
      isBeforeOrAt(candidate.position, position) &&
      lostOf(coverPartitions(survey, candidate.position, position)).length === 0,
  );
  if (start === undefined) return null;
  const { description } = start;
  return {
    plan: {
      baseline: [
        {
          scope: { kind: 'all' },
          source:
            description === null
              ? { kind: 'genesis' }
              : { kind: 'snapshot', id: description.id, digest: description.digest },
          basis: description === null ? 'genesis' : 'declared',
          position: positionToJson(start.position),
          evidence: '',
        },
      ],
      segments: segmentsOf(coverPartitions(survey, start.position, position), survey, 'exact'),
      target: { spec: { kind: 'end' }, position: positionToJson(position) },
      logEnd: positionToJson(endOf(survey)),
    },
    range: {
      from: start.position,
      to: position,
      fromTime: description === null ? -Infinity : description.takenAt,
      toTime: time,
    },
  };
}
