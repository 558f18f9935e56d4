import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { BaselineCandidate } from './baseline-candidates.js';

/** Bases by how much they are worth, the best with the smallest number. */
export const worth: Readonly<Record<BaselineCandidate['basis'], number>> = {
  genesis: 0,
  proven: 0,
  declared: 1,
  unproven: 2,
};

/**
 * The candidate behind which least is lost. Of those behind which nothing is lost the best proven, and of equals the latest.
 * Where something is lost behind each, nothing will be exact, and the latest lacks least.
 * @param wanted `auto`, `genesis` or the id of a snapshot
 * @returns null where there is none
 * @throws RecoveryError `unproven-baseline` for a snapshot that was asked for and is no candidate
 */
export function chooseCandidate(candidates: readonly BaselineCandidate[], wanted: string): BaselineCandidate | null {
  if (wanted === 'auto') return [...candidates].sort(compareCandidates)[0] ?? null;
  const name = ({ snapshot }: BaselineCandidate): string => snapshot?.id ?? 'genesis';
  const named = candidates.find((candidate) => name(candidate) === wanted);
  if (named !== undefined) return named;
  throw new RecoveryError(
    'unproven-baseline',
    `snapshot ${wanted} cannot be the baseline: it is unknown, wrong, behind the target, or not known to be from before the error`,
    {
      hint: `use one of: ${candidates.map(name).join(', ')}; or declare it trusted`,
    },
  );
}

/** The one to begin at first. */
export function compareCandidates(a: BaselineCandidate, b: BaselineCandidate): number {
  const reach = ({ position }: BaselineCandidate): number => position.reduce((sum, { next }) => sum + next, 0);
  const time = ({ snapshot }: BaselineCandidate): number =>
    snapshot === null ? -Infinity : (snapshot.takenAt ?? Number.MIN_SAFE_INTEGER);
  const worthiest = a.lost === 0 && b.lost === 0 ? worth[a.basis] - worth[b.basis] : 0;
  return a.lost - b.lost || worthiest || reach(b) - reach(a) || (time(b) > time(a) ? 1 : -1);
}
