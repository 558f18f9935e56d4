import { RecoveryError } from '@eventmend/core';
import type { BaselineCandidate } from './checkpoint-candidates.js';

const worth: Readonly<Record<BaselineCandidate['basis'], number>> = { genesis: 0, proven: 0, declared: 1, unproven: 2 };

/**
 * The candidate behind which least is lost; of those the best proven, and of those the latest.
 * @param wanted `auto`, `genesis` or the id of a snapshot
 * @returns null where there is none
 * @throws RecoveryError `unproven-baseline` for a snapshot that was asked for and is no candidate
 */
export function chooseCheckpoint(candidates: readonly BaselineCandidate[], wanted: string): BaselineCandidate | null {
  if (wanted === 'auto') {
    const reach = ({ position }: BaselineCandidate): number => position.reduce((sum, { next }) => sum + next, 0);
    const [best] = [...candidates].sort(
      (a, b) => a.lost - b.lost || worth[a.basis] - worth[b.basis] || reach(b) - reach(a),
    );
    return best ?? null;
  }
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
