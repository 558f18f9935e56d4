import type { BaselinePart } from '../../model/plan/plan.js';
import { positionToJson } from '../../model/position/position.js';
import type { Basis } from '../../model/provenance/provenance.js';
import type { BaselineCandidate } from './baseline-candidates.js';

/** A state that is begun at, for all keys, as a plan has it. */
export function baselinePart({ snapshot, basis, position, evidence }: BaselineCandidate): BaselinePart {
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

/** The best that a segment behind a state of this basis can be. */
export function fidelityBehind(basis: Basis): 'exact' | 'declared' | 'unproven' {
  return basis === 'declared' || basis === 'unproven' ? basis : 'exact';
}
