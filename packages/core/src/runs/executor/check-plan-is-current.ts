import { parseOffset } from '../../model/event/offset.js';
import { partitionKey } from '../../model/log/partition-id.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { OffsetRange } from '../../model/log/event-log.js';
import type { Plan } from '../../model/plan/plan.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { refuseUnreachable } from '../../evidence/proof/refuse-unreachable.js';
import { pinReferences } from '../../evidence/inputs/pin-references.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';

/**
 * Makes sure that the plan still fits what it was made for.
 * @throws RecoveryError `stale-plan` for another incident or worker, `invalid-reference-data` for other reference data,
 *   `log-changed` for another log, `invalid-snapshot` for another snapshot, `database-unreachable` for one that cannot be
 *   read now
 */
export async function checkPlanIsCurrent(plan: Plan, prepared: PreparedInputs): Promise<void> {
  const { situation, facts, survey } = prepared;
  const descriptions = survey.logs.map(({ description }) => description);
  const again = { hint: 'plan again: eventmend plan' };
  if (plan.incident.digest !== situation.incident.digest) {
    throw new RecoveryError(
      'stale-plan',
      `the incident ${plan.incident.name} was changed since the plan was made`,
      again,
    );
  }
  if (plan.worker.hash !== facts.hash) {
    throw new RecoveryError('stale-plan', `the worker ${plan.worker.name} was changed since the plan was made`, again);
  }
  const references = pinReferences(prepared);
  for (const [name, { digest, location }] of Object.entries(plan.references)) {
    if (references[name]?.digest !== digest) {
      throw new RecoveryError('invalid-reference-data', `${location} changed since the plan was made`, again);
    }
  }
  plan.logs.forEach((planned, index) => {
    const now = descriptions[index];
    if (now === undefined)
      throw new RecoveryError('log-changed', `the log ${planned.location} is not named any more`, again);
    if (planned.fingerprint !== null && now.fingerprint !== planned.fingerprint) {
      throw new RecoveryError('log-changed', `${now.location} holds something else than when the plan was made`, again);
    }
  });
  const held = descriptions.map(({ partitions }) => new Map(partitions.map((one) => [partitionKey(one), one.range])));
  for (const segment of plan.segments) {
    if (segment.log === null) continue;
    checkSegment(segment, held[segment.log]?.get(partitionKey(segment)), descriptions[segment.log]?.location);
  }
  await checkSnapshots(plan, situation.snapshots);
}

function checkSegment(
  segment: Plan['segments'][number],
  held: OffsetRange | undefined,
  location: string | undefined,
): void {
  const from = parseOffset(segment.from, 'a segment of the plan');
  const to = parseOffset(segment.to, 'a segment of the plan');
  const where = `${segment.topic}[${segment.partition}]`;
  if (held === undefined) {
    throw new RecoveryError('log-changed', `${location ?? 'the log'} no longer has ${where}`, {
      hint: 'plan again: eventmend plan',
    });
  }
  if (held.from <= from && held.to >= to) return;
  const lost = Math.max(0, Math.min(held.from, to) - from) + Math.max(0, to - Math.max(held.to, from));
  throw new RecoveryError(
    'log-changed',
    `the log no longer holds what this plan needs: ${where} has ${held.from}-${held.to - 1}, the plan reads ${from}-${to - 1}: ${lost.toLocaleString('en-US')} events are gone`,
    {
      hint: 'plan again: another log or archive may hold them',
      details: { partition: where, from: segment.from, to: segment.to },
    },
  );
}

async function checkSnapshots(plan: Plan, source: SnapshotSource | null): Promise<void> {
  const needed = plan.baseline.flatMap((part) => (part.source.kind === 'snapshot' ? [part.source] : []));
  if (needed.length === 0) return;
  const { snapshots, damaged } = source === null ? { snapshots: [], damaged: [] } : await source.list();
  for (const { id, digest } of needed) {
    const now = snapshots.find((snapshot) => snapshot.id === id);
    if (now?.digest === digest) continue;
    if (now === undefined) refuseUnreachable(damaged);
    throw new RecoveryError(
      'invalid-snapshot',
      `the baseline snapshot ${id} ${now === undefined ? 'is gone' : 'was changed'} since the plan was made`,
      {
        hint: 'plan again: eventmend plan',
      },
    );
  }
}
