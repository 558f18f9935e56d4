import { describePartition } from '@eventmend/core/engine';
import type { Assessment } from '@eventmend/core';
import { countOf, formatCount, formatMinute } from '../terminal/format.js';
import { describeRefusal } from './describe-choice.js';
import { describePlacement } from './describe-placement.js';
import { describeGaps } from './describe-gap.js';
import { describeResource } from './describe-resource.js';

/** Why a strategy can do nothing. */
export function describeReason(reason: NonNullable<Assessment['reason']>): string {
  switch (reason.kind) {
    case 'no-baseline':
      return 'no snapshot that is proven, trusted, or from before a known onset';
    case 'nothing-lost':
      return 'not needed: from its beginning on, the log has everything';
    case 'not-checked':
      return 'not checked: only reading all events would tell (--deep)';
    case 'gaps':
      return describeGaps(reason.gaps);
    case 'error':
      return describeRefusal(reason.error.message);
  }
}

export function describeResult(result: Assessment['bringsBack']): string {
  if (result === null) return 'nothing';
  return `state and outputs, ${describeFidelity(result)}`;
}

function describeFidelity({ fidelity, condition }: NonNullable<Assessment['bringsBack']>): string {
  switch (condition) {
    case 'gaps-accepted':
      return `${fidelity} (--accept-gaps)`;
    case 'worker-reproduces-a-snapshot':
      return `${fidelity} if the worker reproduces a snapshot`;
    case null:
      return fidelity === 'unproven' ? 'unproven: nothing checks the worker' : fidelity;
  }
}

/** The strategy that promises most, and what; null where none is possible. */
export function describeBest(best: Assessment | null): string | null {
  if (best === null) return null;
  const { strategy, bringsBack, expectedLoss } = best;
  const loss = expectedLoss.kind === 'events' && expectedLoss.events === 0 ? 'nothing is lost' : describeLossOf(best);
  return `${strategy}: ${loss}, and the result is ${bringsBack === null ? 'not known' : describeFidelity(bringsBack)}`;
}

function describeLossOf({ strategy, expectedLoss }: Assessment): string {
  const lost =
    expectedLoss.kind === 'unknown' ? describeUnknownLoss(expectedLoss) : `${describeLoss(expectedLoss)} lost`;
  return strategy === 'checkpoint' ? `${lost}, less what records stand in for` : lost;
}

function describeUnknownLoss(loss: Extract<Assessment['expectedLoss'], { kind: 'unknown' }>): string {
  const known = loss.known === 0 ? '' : `, beside ${formatCount(loss.known)} that are known of`;
  return `no log is left, and nobody knows how many events are lost${known}`;
}

/** Where the keys would begin, in one sentence; null where all begin at one state. */
export function describeOlderKeys({ olderKeys }: Assessment): string | null {
  const [first] = olderKeys ?? [];
  if (olderKeys === undefined || first === undefined) return null;
  const parts = olderKeys.map(({ newest, older, wrong }) => {
    const from = older === null ? 'the beginning of the log' : older;
    const [values, are] = wrong === 1 ? ['value', 'is'] : ['values', 'are'];
    return `${countOf(wrong, 'key')} from ${from}, whose ${values} in ${newest} ${are} not what a replay from there gives, and keys that events connect with ${wrong === 1 ? 'it' : 'them'}`;
  });
  return `${parts.join('; ')}; the rest from ${first.newest}`;
}

export function describeLoss(loss: Assessment['expectedLoss']): string {
  if (loss.kind === 'everything') return 'everything: there is no log';
  if (loss.kind === 'unknown') {
    const known = loss.known === 0 ? '' : `${formatCount(loss.known)} events, and `;
    return `${known}nobody knows how many${known === '' ? '' : ' more'}`;
  }
  return loss.events === 0 ? 'none' : `${formatCount(loss.events)} events`;
}

export function describeAssessedWorker(check: Assessment['workerCheck']): string {
  if (check === null) return 'not checked';
  const name = `${check.worker.name}@${check.worker.version}`;
  switch (check.state) {
    case 'checked':
      return `${name}: ${check.reason}`;
    case 'pending':
      return `${name}: not checked yet, plan replays it against the snapshots`;
    case 'not-checked':
      return `${name}: not checked: ${check.reason}`;
  }
}

/** What the strategy warns of, and the logs that could not be opened. */
export function describeWarnings({ warnings, resources }: Assessment): string[] {
  const unopened = resources.filter(({ kind }) => kind === 'unopened-log').map(describeResource);
  return [
    ...warnings.map(describeWarning),
    ...unopened.map(({ name, state }) => `${name} is ${state}: plan and recover refuse to go on without it`),
  ];
}

function describeWarning(warning: Assessment['warnings'][number]): string {
  switch (warning.kind) {
    case 'snapshot-damaged':
      return `snapshot ${warning.location} is not usable: ${warning.reason}`;
    case 'snapshot-not-on-log':
      return `snapshot ${warning.snapshot} is not used: ${describePlacement(warning.problem)}`;
    case 'retention': {
      const { offset, time, by, partitions } = warning;
      const when = time === null ? 'at any time' : `from ${formatMinute(time)} on`;
      const others = partitions > 1 ? `, and others of ${partitions} partitions` : '';
      return `${describePartition(warning)}: events from offset ${offset} on${others} may be deleted ${when} (${by}); no archive has them`;
    }
    case 'open-transaction':
      return `${describePartition(warning)}: an open transaction of ${warning.by} hides offsets ${warning.from} to ${warning.to - 1}`;
    case 'no-snapshots':
      return 'no snapshots: the replay begins at the beginning of the log, and the worker cannot be checked';
    case 'order-not-determined':
      return `${warning.snapshots} snapshots cannot be compared: the live order of the partitions is not recorded`;
  }
}
