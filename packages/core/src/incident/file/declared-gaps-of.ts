import type { DeclaredGap } from '../../evidence/coverage/declared-gaps.js';
import type { IncidentDocument } from './incident-schema.js';

type GapDocument = NonNullable<NonNullable<IncidentDocument['log']>['gaps']>[number];

/** Gaps of which the incident file says why no event stood there. */
export function declaredGapsOf(documents: readonly GapDocument[] | undefined): readonly DeclaredGap[] {
  return (documents ?? []).map((document) => {
    const { topic, partition, reason } = document;
    return {
      ...(topic !== undefined && { topic }),
      ...(partition !== undefined && { partition }),
      at: placeOf(document),
      reason,
    };
  });
}

function placeOf({ offsets, before, up_to: length }: GapDocument): DeclaredGap['at'] {
  if (length !== undefined) return { kind: 'up-to', length };
  if (before !== undefined) return { kind: 'offsets', from: 0, to: before };
  const [first, last] = String(offsets).split('-').map(Number) as [number, number | undefined];
  return { kind: 'offsets', from: first, to: (last ?? first) + 1 };
}
