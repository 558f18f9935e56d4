import { exitCodes, isRecoveryError, RecoveryError, type Plan, type Resource } from '@eventmend/core';
import type { TargetRequest } from '@eventmend/core/engine';
import type { Incident } from '@eventmend/core/incident';
import { chooseRequested } from './choose-requested.js';
import type { CommandContext } from './command-context.js';
import { planAgain } from './commands-for.js';
import { renderPlan } from '../render/render-plan.js';
import { renderRefusals } from '../render/render-refusals.js';
import { paragraph } from '../terminal/labelled.js';
import type { TerminalStyle } from '../terminal/terminal-style.js';
import { withLines, withNext } from './next-on-error.js';

/** Errors of a resource that was there when the plan was made. */
const ofResources: ReadonlySet<string> = new Set<RecoveryError['code']>([
  'file-unavailable',
  'unreadable-archive',
  'corrupt-archive-segment',
  'input-file-changed',
  'gap-during-read',
  'invalid-snapshot',
  'invalid-reference-data',
]);

/**
 * The error of a plan that cannot be carried out as it is, since something that it needs is gone or is not what it was: with the
 * plan that what is left allows, which nobody carries out unasked. Every other error as it is.
 */
export async function asStalePlan(
  context: CommandContext,
  incident: Incident,
  plan: Plan,
  error: RecoveryError,
): Promise<RecoveryError> {
  const isStale = error.exitCode === exitCodes.stale;
  if (!isStale && !ofResources.has(error.code)) return error;
  const next = [planAgain(incident, context.cwd)];
  const anew = await planWithWhatIsLeft(context, incident, plan);
  // The same plan would come to the same end: what is wrong is wrong with the resource.
  if (!isStale && anew.plan?.id === plan.id) return error;
  const stale = isStale
    ? error
    : new RecoveryError('stale-plan', `what this plan needs is gone, or is not what it was: ${error.message}`, {
        cause: error,
        hint:
          anew.plan === null
            ? 'bring back what is gone, or see what is left with: eventmend assess'
            : 'look at the new plan, and make it with eventmend plan if it will do',
        details: error.details,
      });
  const { message, hint, cause, details, code } = stale;
  const told = new RecoveryError(code, message, {
    ...(hint !== undefined && { hint }),
    cause,
    details: { ...details, newPlan: anew.plan, withoutLogs: anew.lost, noPlan: anew.reason?.message ?? null },
  });
  return withLines(withNext(told, next), renderAnew(anew, context.terminal.errStyle));
}

interface PlanAnew {
  readonly plan: Plan | null;
  /** Logs that the incident names and that cannot be opened: the plan does without them. */
  readonly lost: readonly string[];
  /** Why there is no plan. */
  readonly reason: RecoveryError | null;
}

async function planWithWhatIsLeft(context: CommandContext, incident: Incident, old: Plan): Promise<PlanAnew> {
  const lost: string[] = [];
  const note = (log: Resource): void => {
    if (log.kind === 'unopened-log') lost.push(...log.locations);
  };
  try {
    const open = await context.engine.openIncident(incident, { withoutLog: note });
    const progress = context.progress();
    try {
      const request = { target: targetOf(old), acceptGaps: acceptsGaps(old), ...scopeOf(old) };
      const strategy = old.choice === undefined ? old.strategy : 'auto';
      const work = { onProgress: progress.report, signal: context.signal };
      const made = await chooseRequested(
        context.engine,
        open,
        { strategy, limits: old.choice?.limits ?? {} },
        request,
        work,
      );
      return { plan: made.plan, lost, reason: null };
    } finally {
      progress.end();
      open.close();
    }
  } catch (error) {
    if (!isRecoveryError(error) || error.code === 'interrupted') throw error;
    return { plan: null, lost, reason: error };
  }
}

function renderAnew({ plan, lost, reason }: PlanAnew, style: TerminalStyle): string[] {
  const without =
    lost.length === 0 ? '' : ` without ${lost.join(', ')}, once that is no longer named in the incident file`;
  const head =
    plan === null
      ? `No plan can be made of what is left${without}: ${reason?.message ?? 'unknown'}`
      : `What is left allows this plan${without}; nothing of it was done:`;
  const refusals = reason === null ? [] : renderRefusals(reason.details, style);
  return ['', ...paragraph(style, head), ...refusals, ...(plan === null ? [] : ['', ...renderPlan(plan, style)])];
}

function targetOf({ target: { spec, position } }: Plan): TargetRequest {
  switch (spec.kind) {
    case 'end':
    case 'time':
      return spec;
    case 'event':
    case 'offsets': {
      const offsets = position.map(({ topic, partition, next }) => ({ topic, partition, next: Number(next) }));
      return { kind: 'offsets', offsets };
    }
  }
}

/** The tiers below the best go on without lost events by themselves. */
function acceptsGaps({ strategy, acceptGaps }: Plan): boolean {
  return strategy === 'log-replay' && acceptGaps;
}

function scopeOf({ scope }: Plan) {
  return scope === undefined ? {} : { scope: { keys: scope.keys }, acceptClosure: true };
}
