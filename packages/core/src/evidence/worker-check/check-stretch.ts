import { partitionKey } from '../../model/log/partition-id.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { Position } from '../../model/position/position.js';
import type { SnapshotCandidate } from '../proof/snapshot-candidates.js';
import type { PreparedInputs } from '../inputs/prepare-inputs.js';
import { beginningOf, endOf } from '../coverage/boundary-positions.js';
import { coverPartitions } from '../coverage/cover-partitions.js';
import { resolveTarget } from '../stop-position/resolve-target.js';

/** The part of the log on which a worker is checked. */
export interface CheckStretch {
  readonly from: number | null;
  /** The moment before which all is healthy; null where nobody knows of one. */
  readonly until: number | null;
  readonly end: Position;
  /** Snapshots that have seen nothing from behind the end, the earliest first. */
  readonly snapshots: readonly SnapshotCandidate[];
}

export interface StretchRequest {
  /** Outputs of events before this moment are left alone, in milliseconds. */
  readonly from?: number;
  /** Where the healthy stretch ends, in milliseconds; by default the onset of the incident. */
  readonly until?: number;
}

/**
 * Finds where the stretch ends: before the first event of the incident, or at the end of the log where no onset is
 * known.
 * @throws RecoveryError `invalid-argument` for a stretch that is empty, or that reaches behind the onset
 */
export async function checkStretch(
  prepared: PreparedInputs,
  request: StretchRequest,
  work: LongWork,
): Promise<CheckStretch> {
  const { situation, survey, facts, recorded } = prepared;
  const { onset } = situation.incident;
  const until = request.until ?? onset;
  refuseImpossible(request, until, onset);
  const beginning = beginningOf(survey);
  const logEnd = endOf(survey);
  const target = await resolveTarget(until === null ? { kind: 'end' } : { kind: 'time', time: until }, {
    cover: coverPartitions(survey, beginning, logEnd),
    start: beginning,
    end: logEnd,
    logs: survey.logs.map(({ log }) => log),
    order: situation.order,
    recorded,
    locality: facts.locality,
    ...(work.signal === undefined ? {} : { signal: work.signal }),
  });
  const end = target.position;
  const ends = new Map(end.map((part) => [partitionKey(part), part.next]));
  // A service that lags may have handled earlier events with the faulty code.
  const healthyUntil = onset ?? until ?? Infinity;
  const snapshots = prepared.snapshots.candidates.filter(
    ({ description, position }) =>
      (description.takenAt ?? -Infinity) <= healthyUntil &&
      position.every((part) => part.next <= (ends.get(partitionKey(part)) ?? 0)),
  );
  return { from: request.from ?? null, until, end, snapshots };
}

function refuseImpossible({ from }: StretchRequest, until: number | null, onset: number | null): void {
  if (until !== null && onset !== null && until > onset) {
    throw new RecoveryError('invalid-argument', 'the stretch would reach into the incident', {
      hint: 'end it at the onset or before: what the service did after it shows nothing about the worker',
    });
  }
  if (from !== undefined && until !== null && from >= until) {
    throw new RecoveryError('invalid-argument', 'the stretch would be empty', { hint: 'begin it before its end' });
  }
}
