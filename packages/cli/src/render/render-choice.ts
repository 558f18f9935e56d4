import type { Plan, RecoveryChoice } from '@eventmend/core';
import { partsOfPlan } from '@eventmend/core/engine';
import { countOf } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { paint, type TerminalStyle } from '../terminal/terminal-style.js';
import { describeChoiceReason, describeParts, describeWeighed } from './describe-choice.js';

/** Which strategy a plan is of, for which partitions, and why; nothing where the user named the strategy. */
export function renderChosen(plan: Plan, style: TerminalStyle): string[] {
  const { choice } = plan;
  if (choice === undefined) return [];
  return [
    ...labelled(style, 'chosen', describeParts(plan, partsOfPlan(plan))),
    ...labelled(style, 'because', describeChoiceReason(choice.reason)),
  ];
}

/** What the plan was weighed against, doing nothing included; nothing where the best tier loses nothing. */
export function renderWeighed(plan: Plan, style: TerminalStyle): string[] {
  const { choice } = plan;
  const isAlone = choice?.reason === 'nothing-lost' && choice.weighed[0]?.outcome === 'chosen';
  return choice === undefined || isAlone ? [] : [...linesOf(choice, style), ''];
}

function linesOf({ weighed, live }: RecoveryChoice, style: TerminalStyle): string[] {
  const wrong =
    live.expectedWrongKeys === null
      ? 'how many of its keys are wrong is not known'
      : `${countOf(Math.round(live.expectedWrongKeys), 'key')} expected to be wrong`;
  return [
    paint(style, 'strong', 'Weighed'),
    ...weighed.flatMap((one) => labelled(style, one.strategy, describeWeighed(one))),
    ...labelled(style, 'live', `doing nothing: ${wrong}`),
  ];
}
