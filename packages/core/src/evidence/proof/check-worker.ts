import type { SnapshotFinding, WorkerCheck } from '../../model/plan/plan.js';
import type { OrderAtCut } from './prove-snapshots.js';

export interface ProvenPoint {
  readonly finding: SnapshotFinding;
  /** Clock of each partition at the snapshot's position. */
  readonly order: readonly OrderAtCut[];
  /** The latest clock of an event that it has seen: under an order that is none by time, a later one may have an earlier. */
  readonly seenUntil?: number | null;
}

/**
 * A worker counts as checked when it reproduced what the service held before the error began. A snapshot from behind the
 * onset shows nothing about that, even where it agrees.
 */
export function checkWorker(points: readonly ProvenPoint[], onset: number | null): WorkerCheck {
  const proven = points.filter(({ finding }) => finding.finding === 'proven');
  const partly = points.filter(({ finding }) => keysReproduced(finding) > 0);
  if (proven.length === 0 && partly.length === 0) {
    const reason =
      points.length === 0
        ? 'there is no snapshot from before the error to reproduce'
        : 'it reproduced none of the snapshots';
    return { checked: false, snapshot: null, reason };
  }
  if (onset === null) {
    return {
      checked: false,
      snapshot: null,
      reason: 'the onset is not known, so no snapshot is known to be from before the error',
    };
  }
  const healthy = proven.filter((point) => isBefore(point, onset));
  const latest = healthy.at(-1);
  const latestPart = partly.findLast((point) => isBefore(point, onset));
  if (latest === undefined && latestPart !== undefined) {
    const { id, keysCompared } = latestPart.finding;
    const keys = `${keysReproduced(latestPart.finding).toLocaleString('en-US')} of ${keysCompared.toLocaleString('en-US')} keys`;
    const reason = `it reproduces snapshot ${id} where no hole reaches (${keys})`;
    return { checked: true, snapshot: id, reason };
  }
  if (latest === undefined) {
    return { checked: false, snapshot: null, reason: 'it reproduced no snapshot from before the onset' };
  }
  const keys = latest.finding.keysCompared.toLocaleString('en-US');
  return {
    checked: true,
    snapshot: latest.finding.id,
    reason: `it reproduces snapshot ${latest.finding.id} (${keys} of ${keys} keys)`,
  };
}

/** Keys of a snapshot behind a hole that the hole cannot reach, where all of them are reproduced. */
export function keysReproduced({ finding, keysCompared, keysReached }: SnapshotFinding): number {
  return finding === 'not-comparable' && keysReached !== undefined ? keysCompared - keysReached : 0;
}

/**
 * By all that tells: what it has seen, and when it was taken. A service that lags may have handled earlier events with the faulty code.
 * The event of the onset itself is the first that went wrong. Where nothing tells, nobody can say.
 */
function isBefore({ finding: { takenAt }, order, seenUntil = null }: ProvenPoint, onset: number): boolean {
  const clocks = [...order.map(({ clock }) => clock), seenUntil].filter((clock) => clock !== null);
  if (takenAt === null && clocks.length === 0) return false;
  return (takenAt === null || takenAt <= onset) && clocks.every((clock) => clock < onset);
}
