import {
  isInFrontOf,
  type BaselinePart,
  positionToJson,
  type ExaminedSnapshot,
  type Examination,
  type ResolvedTarget,
} from '@eventmend/core/engine';
import { RecoveryError, type Position } from '@eventmend/core';

export interface ChosenBaseline {
  readonly part: BaselinePart;
  readonly position: Position;
  readonly snapshot: ExaminedSnapshot | null;
}

export interface BaselineChoice {
  /** `auto`, `genesis` or the id of a snapshot. */
  readonly wanted: string;
  readonly examination: Examination;
  readonly beginning: Position;
  readonly target: ResolvedTarget;
  /** A snapshot of the service lacks the window of the deduplication; only the beginning has none that could be missed. */
  readonly needsDeduplicationWindow: boolean;
}

/**
 * The latest snapshot before the target that is proven, or declared trusted; else the beginning of the log.
 * @throws RecoveryError `unproven-baseline` when a snapshot was asked for that is neither
 */
export function chooseBaseline(choice: BaselineChoice): ChosenBaseline {
  const { wanted, examination, target } = choice;
  if (choice.needsDeduplicationWindow && wanted !== 'auto' && wanted !== 'genesis') {
    throw new RecoveryError(
      'unproven-baseline',
      `snapshot ${wanted} cannot be the baseline of a worker that deduplicates`,
      { hint: 'a snapshot of the service does not hold the window of recent ids: use --baseline genesis' },
    );
  }
  if (wanted === 'genesis' || choice.needsDeduplicationWindow) return genesis(choice);
  const usable = examination.examined.filter(
    ({ finding, candidate }) =>
      (finding.finding === 'proven' || finding.finding === 'declared') &&
      isInFrontOf({ position: candidate.position, takenAt: candidate.description.takenAt }, target),
  );
  if (wanted === 'auto') {
    const latest = usable.at(-1);
    return latest === undefined ? genesis(choice) : fromSnapshot(latest, examination.rootBasis);
  }
  const named = usable.find(({ candidate }) => candidate.description.id === wanted);
  if (named !== undefined) return fromSnapshot(named, examination.rootBasis);
  const finding = examination.findings.find(({ id }) => id === wanted);
  throw new RecoveryError(
    'unproven-baseline',
    finding === undefined
      ? `there is no snapshot ${JSON.stringify(wanted)}`
      : `snapshot ${wanted} cannot be the baseline: ${finding.reason}`,
    { hint: `use one of: genesis${usable.map(({ candidate }) => `, ${candidate.description.id}`).join('')}` },
  );
}

function genesis({ beginning }: BaselineChoice): ChosenBaseline {
  return {
    part: {
      scope: { kind: 'all' },
      source: { kind: 'genesis' },
      basis: 'genesis',
      position: positionToJson(beginning),
      evidence: 'the beginning of the log, where no state is',
    },
    position: beginning,
    snapshot: null,
  };
}

function fromSnapshot(snapshot: ExaminedSnapshot, rootBasis: Examination['rootBasis']): ChosenBaseline {
  const { candidate, finding, order } = snapshot;
  const { id, digest } = candidate.description;
  // A proof knows the state of the order at the snapshot; a service that wrote the snapshot itself seldom does.
  const position = candidate.position.map((part, index) => {
    const at = order[index];
    return at === undefined
      ? part
      : { ...part, order: { watermark: at.watermark ?? -Infinity, clock: at.clock ?? -Infinity } };
  });
  return {
    part: {
      scope: { kind: 'all' },
      source: { kind: 'snapshot', id, digest },
      basis: finding.finding === 'proven' && rootBasis === 'genesis' ? 'proven' : 'declared',
      position: positionToJson(position),
      ...(candidate.description.omits !== undefined && { omits: candidate.description.omits }),
      evidence:
        rootBasis === 'genesis'
          ? finding.reason
          : `${finding.reason}; the root is a snapshot that was declared trusted`,
    },
    position,
    snapshot,
  };
}
