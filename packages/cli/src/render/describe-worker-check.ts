import type { CheckReason, FaultyFinding, ReplayRoot } from '@eventmend/core/engine';
import { formatCount } from '../terminal/format.js';
import { describeGaps } from './describe-gap.js';
import { describePlacement } from './describe-placement.js';

/** Where a replay begins. */
export function describeRoot(root: ReplayRoot | null): string {
  if (root === null) return 'none';
  if (root.snapshot === null) return 'the beginning of the log';
  return `snapshot ${root.snapshot}, ${root.basis === 'declared' ? 'declared trusted' : root.basis}`;
}

/** What the verdict of a worker check rests on. */
export function describeCheckReason(reason: CheckReason): string {
  switch (reason.kind) {
    case 'reproduced':
      return describeAgreement(reason.agreement);
    case 'not-reproduced':
      return `${describeDisagreement(reason.disagreement)}, on a stretch from before the error`;
    case 'no-root':
      return 'the log does not reach back to its beginning, and no snapshot is declared trusted';
    case 'nothing-recorded':
      return 'the service recorded neither states nor outputs on this stretch';
    case 'nothing-comparable':
      return `there is nothing to compare: snapshot ${reason.snapshot}: ${reason.reason}`;
    case 'onset-unknown': {
      const { agreement, disagreement } = reason;
      const agrees = agreement === null ? null : describeAgreement(agreement);
      const unknown = 'the onset is not known, so nobody knows whether that stretch is healthy';
      return disagreement === null
        ? `${agrees ?? 'nothing is shown to differ'}, but ${unknown}`
        : `${agrees ?? 'nothing agrees'}; ${describeDisagreement(disagreement)}; ${unknown}`;
    }
    case 'order-not-recorded':
      return 'what differs may come of another permissible order of the partitions: the live order is not recorded';
    case 'events-quarantined':
      return `${formatCount(reason.events)} events were parked, so that what follows is not comparable`;
    case 'too-few-outputs':
      return `only ${formatCount(reason.agreeing)} outputs could be compared, and fewer than ${reason.least} show too little`;
  }
}

type Agreement = Extract<CheckReason, { kind: 'reproduced' }>['agreement'];
type Disagreement = Extract<CheckReason, { kind: 'not-reproduced' }>['disagreement'];

function describeAgreement({ snapshot, outputs }: Agreement): string {
  const parts: string[] = [];
  if (snapshot !== null) {
    parts.push(`snapshot ${snapshot.id} (${formatCount(snapshot.keys)} of ${formatCount(snapshot.keys)} keys)`);
  }
  if (outputs > 0) parts.push(`${formatCount(outputs)} of ${formatCount(outputs)} recorded outputs`);
  return `it reproduces ${parts.join(' and ')}`;
}

function describeDisagreement({ snapshot, outputs }: Disagreement): string {
  const parts: string[] = [];
  if (snapshot !== null) {
    const { id, differing, keys, later } = snapshot;
    const more = later > 0 ? ` and ${formatCount(later)} later` : '';
    parts.push(`${formatCount(differing)} of ${formatCount(keys)} keys of snapshot ${id}${more}`);
  }
  if (outputs > 0) parts.push(`${formatCount(outputs)} outputs`);
  return `it does not reproduce ${parts.join(' and ')}`;
}

/** Why the deployed version could not be compared with the live state. */
export function describeFaultyReason(reason: NonNullable<FaultyFinding['reason']>): string {
  switch (reason.kind) {
    case 'no-live-state':
      return 'no live state is named';
    case 'live-not-on-log':
      return `the live state: ${describePlacement(reason.problem)}`;
    case 'gaps':
      return describeGaps(reason.gaps);
    case 'order-not-determined':
      return 'the order of the replay does not pass through the live position, and every key may depend on it';
  }
}
