import { hash as hashOnce } from 'node:crypto';
import { RecoveryError } from '../errors/recovery-error.js';
import { canonicalJson } from '../json/canonical-json.js';
import type { Plan } from './plan.js';

/** A plan before it has its name. */
export type UnnamedPlan = Omit<Plan, 'id'>;

/**
 * SHA-256 of what the plan says, without the times that were measured on the way, without what it was chosen before and what is
 * expected of single keys, and without where files lie: what they hold is pinned by fingerprints and digests.
 */
function planId(plan: UnnamedPlan): string {
  const named: Record<string, unknown> = {
    ...plan,
    order: plan.order.by === 'recorded' ? { by: 'recorded' } : plan.order,
    logs: plan.logs.map(({ kind, fingerprint }) => ({ kind, fingerprint })),
    references: Object.fromEntries(Object.entries(plan.references).map(([name, { digest }]) => [name, digest])),
  };
  delete named['id'];
  delete named['measured'];
  delete named['choice'];
  delete named['keyLoss'];
  return hashOnce('sha256', canonicalJson(named));
}

export function namePlan(plan: UnnamedPlan): Plan {
  return { ...plan, id: planId(plan) };
}

/** The run that a plan may have: there is one at the most. */
export function runIdOf(plan: Pick<Plan, 'id'>): string {
  return `r-${plan.id.slice(0, 8)}`;
}

/**
 * Reads a plan that was written down.
 * @throws RecoveryError `invalid-plan` when the text is not a plan, has another format version, or was changed after it
 *   was made
 */
export function parsePlan(text: string, where: string): Plan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RecoveryError('invalid-plan', `${where} is not JSON`, {
      hint: 'make a plan with `eventmend plan`',
      cause: error,
    });
  }
  const plan = value as Partial<Plan> | null;
  if (typeof plan !== 'object' || plan === null || typeof plan.id !== 'string' || !Array.isArray(plan.segments)) {
    throw new RecoveryError('invalid-plan', `${where} is not a plan`, { hint: 'make a plan with `eventmend plan`' });
  }
  if (plan.format_version !== 1) {
    throw new RecoveryError(
      'invalid-plan',
      `${where} has format_version ${String(plan.format_version)}, this version reads 1`,
      {
        hint: 'plan again with this version',
      },
    );
  }
  if (planId(plan as Plan) !== plan.id) {
    throw new RecoveryError(
      'invalid-plan',
      `${where} was changed after it was made: its content does not give its id`,
      { hint: 'a plan is immutable; change the incident and plan again' },
    );
  }
  return plan as Plan;
}
