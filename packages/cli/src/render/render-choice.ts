import type { Plan, RecoveryChoice } from '@eventmend/core';
import { partsOfPlan, type WeighedStrategy } from '@eventmend/core/engine';
import { formatCount, formatDuration } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { safeText } from '../terminal/safe-text.js';
import { table } from '../terminal/table.js';
import type { TerminalStyle } from '../terminal/terminal-style.js';
import { describeChoiceReason, describeOutcome, describeParts } from './describe-choice.js';

/** Which strategy a plan is of, for which partitions, and why; nothing where the user named the strategy. */
export function renderChosen(plan: Plan, style: TerminalStyle): string[] {
  const { choice } = plan;
  if (choice === undefined) return [];
  return [
    ...labelled(style, 'chosen', describeParts(plan, partsOfPlan(plan))),
    ...labelled(style, 'because', describeChoiceReason(choice.reason)),
  ];
}

/** What the plan was weighed against, doing nothing included; nothing where it loses nothing. */
export function renderWeighed(plan: Plan, style: TerminalStyle): string[] {
  const { choice } = plan;
  return choice === undefined || choice.reason === 'nothing-lost' ? [] : [...tableOf(choice, style), ''];
}

function tableOf({ weighed, live }: RecoveryChoice, style: TerminalStyle): string[] {
  const rows = weighed.map((one) => [one.strategy, ...cellsOf(one)]);
  const wrong = live.expectedWrongKeys === null ? 'not known' : formatCount(Math.round(live.expectedWrongKeys));
  return table(
    [
      { title: 'Strategy' },
      { title: 'Wrong keys', align: 'right', wrap: true },
      { title: 'Events lost', align: 'right', wrap: true },
      { title: 'Called', wrap: true },
      { title: 'Takes', wrap: true },
      { title: 'Plan', wrap: true },
    ],
    [...rows, ['live', wrong, '-', '-', '-', 'doing nothing']],
    style,
  );
}

function cellsOf(weighed: WeighedStrategy): string[] {
  if (!('figures' in weighed)) return ['', '', '', '', safeText(describeOutcome(weighed))];
  const { expectedWrongKeys, lostEvents, fidelity, durationMs } = weighed.figures;
  return [
    expectedWrongKeys === null ? 'not known' : formatCount(Math.round(expectedWrongKeys)),
    formatCount(lostEvents),
    fidelity,
    durationMs === null ? 'not measured' : formatDuration(durationMs),
    safeText(describeOutcome(weighed)),
  ];
}
