import { exitCodes } from '../../model/errors/error-catalogue.js';
import { isRecoveryError, isWorkerError, RecoveryError } from '../../model/errors/recovery-error.js';
import type { Plan } from '../../model/plan/plan.js';
import type { PlanFigures, RecoveryChoice, RecoveryLimits, WeighedStrategy } from '../../model/plan/recovery-choice.js';
import type { LongWork, Strategy } from '../../model/strategy/strategy.js';
import type { ReplayPlanOptions } from '../../evidence/inputs/recovery-inputs.js';
import { choosePlan, isWorseThanLive, losesNothing } from './choose-plan.js';
import { brokenLimits, limitsError } from './limits.js';
import { figuresOf, goesOnWithout } from './plan-figures.js';

/** A plan of the strategy that has the best one; `plan.choice` says what it was weighed against. */
export interface ChosenRecovery<Chosen> {
  readonly strategy: Chosen;
  readonly plan: Plan;
}

interface Proposal<Chosen> {
  readonly strategy: Strategy<ReplayPlanOptions>['name'];
  readonly figures: PlanFigures;
  readonly plan: Plan;
  readonly by: Chosen;
}

/** A strategy, with its plan or with why there is none. */
type Outcome<Chosen> =
  { readonly proposal: Proposal<Chosen> } | { readonly without: WeighedStrategy; readonly error: RecoveryError | null };

/**
 * Asks strategies for their plans and takes the best one: by the limits, then by how many keys are expected to be wrong, by the
 * events that are lost, by fidelity and by what is to be replayed; of equals the better tier. A plan that loses nothing is taken
 * at once, and no plan is taken of which more keys are expected to be wrong than of the live state. See docs/choosing.md.
 * @param strategies of one incident, the better tier first
 * @throws RecoveryError `no-feasible-strategy` where none has a plan, `limits-not-held` where none holds the limits; what is wrong
 *   with the request or the resources themselves
 */
export async function chooseRecovery<Chosen extends Strategy<ReplayPlanOptions>>(
  strategies: readonly Chosen[],
  asked: ReplayPlanOptions = {},
  limits: RecoveryLimits = {},
  work: LongWork = {},
): Promise<ChosenRecovery<Chosen>> {
  const options: ReplayPlanOptions = limits.deadlineMs === undefined ? asked : { ...asked, timed: true };
  const outcomes: Outcome<Chosen>[] = [];
  const proposals = (): readonly Proposal<Chosen>[] =>
    outcomes.flatMap((outcome) => ('proposal' in outcome ? [outcome.proposal] : []));
  for (const strategy of strategies) {
    const reason = whyNotAsked(strategy.name, proposals(), limits);
    // Log-replay has the user's word, or refuses.
    const hasWord =
      options.acceptGaps === true ||
      strategy.name === 'log-replay' ||
      proposals().some((proposal) => proposal.strategy === 'log-replay' && goesOnWithout(proposal.plan));
    if (reason === null) outcomes.push(await propose(strategy, options, hasWord, work));
    else outcomes.push({ without: { strategy: strategy.name, outcome: 'not-asked', reason }, error: null });
  }
  const isLossAccepted = proposals().some(({ strategy }) => strategy === 'log-replay');
  const { chosen, reason, broken } = choosePlan(proposals(), limits, isLossAccepted);
  const weighed = outcomes.map((outcome) =>
    'without' in outcome ? outcome.without : weigh(outcome.proposal, chosen, limits),
  );
  if (chosen === null) throw noPlan(outcomes, weighed);
  const choice: RecoveryChoice = {
    reason: losesNothing(chosen.figures) && broken.length === 0 ? 'nothing-lost' : reason,
    limits,
    weighed,
    live: { expectedWrongKeys: chosen.figures.liveWrongKeys },
  };
  if (broken.length > 0) throw limitsError({ strategy: chosen.strategy, broken, choice });
  return { strategy: chosen.by, plan: { ...chosen.plan, choice } };
}

/** Why a strategy's plan could not be better than those that there are; null where it could. */
function whyNotAsked(
  strategy: Proposal<unknown>['strategy'],
  proposals: readonly Proposal<unknown>[],
  limits: RecoveryLimits,
): Extract<WeighedStrategy, { outcome: 'not-asked' }>['reason'] | null {
  const holding = proposals.filter(
    ({ figures }) => brokenLimits(figures, limits).length === 0 && !isWorseThanLive(figures),
  );
  if (holding.some(({ figures }) => losesNothing(figures))) return 'nothing-lost';
  // Estimates alone take long, know nothing of single keys, and use no record of another system.
  if (strategy !== 'estimation') return null;
  if (holding.some((proposal) => proposal.strategy === 'log-replay')) return 'loss-accepted';
  const isBetterKnown = holding.some(
    ({ figures, plan }) => figures.expectedWrongKeys !== null || figures.keepsLive || standsIn(plan),
  );
  return isBetterKnown ? 'better-known' : null;
}

/** Records have something in the place of what is lost. */
function standsIn({ standIns = [] }: Plan): boolean {
  return standIns.some(({ log, rows: { used } }) => log !== null && used > 0);
}

async function propose<Chosen extends Strategy<ReplayPlanOptions>>(
  strategy: Chosen,
  options: ReplayPlanOptions,
  hasWord: boolean,
  work: LongWork,
): Promise<Outcome<Chosen>> {
  const { name } = strategy;
  try {
    const plan = await strategy.plan(options, work);
    if (!hasWord && goesOnWithout(plan)) return withoutWord(plan);
    return { proposal: { strategy: name, figures: figuresOf(plan), plan, by: strategy } };
  } catch (error) {
    if (!isRecoveryError(error) || !isRefusal(error, name)) throw error;
    const { number: code, message } = error;
    return { without: { strategy: name, outcome: 'refused', error: { code, message } }, error };
  }
}

function withoutWord({ strategy, expected }: Plan): { without: WeighedStrategy; error: null } {
  return { without: { strategy, outcome: 'gaps-not-accepted', lostEvents: expected.loss.events }, error: null };
}

/** True where a strategy cannot do it; everything else is wrong for all of them. */
function isRefusal(error: RecoveryError, strategy: Plan['strategy']): boolean {
  if (error.exitCode === exitCodes.infeasible) return true;
  // A worker that cannot handle drawn events fails with these only.
  return ofOneStrategy.has(error.code) || (strategy === 'estimation' && isWorkerError(error));
}

const ofOneStrategy: ReadonlySet<string> = new Set<RecoveryError['code']>([
  'operation-not-allowed',
  'unproven-baseline',
  'damaged-records',
]);

function weigh<Chosen>(
  { strategy, figures }: Proposal<Chosen>,
  chosen: Proposal<Chosen> | null,
  limits: RecoveryLimits,
): WeighedStrategy {
  const outcome = isWorseThanLive(figures) ? 'worse-than-live' : strategy === chosen?.strategy ? 'chosen' : 'second';
  return { strategy, outcome, figures, broken: brokenLimits(figures, limits) };
}

/** Where the best tier says that the request is wrong, that is the error; else each strategy has its reason. */
function noPlan<Chosen>(outcomes: readonly Outcome<Chosen>[], weighed: readonly WeighedStrategy[]): RecoveryError {
  const errors = outcomes.flatMap((outcome) => ('without' in outcome && outcome.error !== null ? [outcome.error] : []));
  const [first] = errors;
  if (first !== undefined && first.exitCode !== exitCodes.infeasible) return first;
  if (weighed.some(({ outcome }) => outcome === 'worse-than-live')) {
    return new RecoveryError('no-feasible-strategy', 'every plan is expected to be worse than doing nothing', {
      hint: 'keep the live state; another log, archive or records would lose less',
      details: { weighed },
    });
  }
  const parks = errors.some(({ code }) => code === 'damaged-records')
    ? '; records that cannot be read are parked with poison: quarantine-event in the incident file'
    : '';
  const isGap =
    errors.some(({ code }) => code === 'log-gap') || weighed.some(({ outcome }) => outcome === 'gaps-not-accepted');
  return new RecoveryError('no-feasible-strategy', 'no strategy can bring the state back', {
    hint:
      (isGap
        ? 'name another log, archive or records that have what is lost, or go on without it with --accept-gaps: the result is then called incomplete'
        : 'another log, archive or snapshot would help; eventmend doctor shows how those that there are, are understood') +
      parks,
    details: { weighed },
  });
}
