import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { Plan } from '../../model/plan/plan.js';
import type { BrokenLimit, PlanFigures, RecoveryChoice, RecoveryLimits } from '../../model/plan/recovery-choice.js';
import { fidelitiesFromWorst } from '../../model/provenance/provenance.js';
import { figuresOf } from './plan-figures.js';

/** The limits that a plan does not hold. What is not known holds no limit. */
export function brokenLimits(figures: PlanFigures, limits: RecoveryLimits): readonly BrokenLimit[] {
  const broken: BrokenLimit[] = [];
  const { maxLoss, deadlineMs, minFidelity } = limits;
  if (maxLoss !== undefined && (figures.lostEvents ?? Infinity) > mostLost(maxLoss, figures)) {
    broken.push({ kind: 'max-loss', limit: maxLoss, value: figures.lostEvents });
  }
  if (deadlineMs !== undefined && (figures.slowestMs === null || figures.slowestMs > deadlineMs)) {
    broken.push({ kind: 'deadline', limit: deadlineMs, value: figures.slowestMs });
  }
  if (minFidelity !== undefined && rank(figures.fidelity) < rank(minFidelity)) {
    broken.push({ kind: 'min-fidelity', limit: minFidelity, value: figures.fidelity });
  }
  return broken;
}

function mostLost(limit: NonNullable<RecoveryLimits['maxLoss']>, { neededEvents }: PlanFigures): number {
  return 'events' in limit ? limit.events : limit.share * (neededEvents ?? 0);
}

function rank(fidelity: PlanFigures['fidelity']): number {
  return fidelitiesFromWorst.indexOf(fidelity);
}

/**
 * Holds one plan against limits, where there was nothing to choose from.
 * @throws RecoveryError `limits-not-held`
 */
export function requireLimits(plan: Plan, limits: RecoveryLimits): void {
  const broken = brokenLimits(figuresOf(plan), limits);
  if (broken.length > 0) throw limitsError({ strategy: plan.strategy, broken });
}

/** @param nearest the plan that breaks fewest limits, and which those are */
export function limitsError(nearest: {
  readonly strategy: Plan['strategy'];
  readonly broken: readonly BrokenLimit[];
  readonly choice?: RecoveryChoice;
}): RecoveryError {
  const { strategy, broken, choice } = nearest;
  return new RecoveryError('limits-not-held', `no plan holds the limits; ${strategy} comes nearest`, {
    hint: 'another log, archive or records would lose less; or allow more, and plan again',
    details: { nearest: strategy, broken, ...(choice !== undefined && { choice }) },
  });
}
