import type { RecoveryChoice } from '@eventmend/core';
import type { BrokenLimit, WeighedStrategy } from '@eventmend/core/engine';
import { labelled } from '../terminal/labelled.js';
import type { TerminalStyle } from '../terminal/terminal-style.js';
import { describeBroken, describeOutcome } from './describe-choice.js';

/** Strategies of which none has a plan, or none that may be carried out: what an error says of each. */
export function renderRefusals(details: Readonly<Record<string, unknown>>, style: TerminalStyle): string[] {
  const { weighed, choice, broken } = details as {
    readonly weighed?: readonly WeighedStrategy[];
    readonly choice?: RecoveryChoice;
    readonly broken?: readonly BrokenLimit[];
  };
  if (choice !== undefined) return choice.weighed.flatMap((one) => labelled(style, one.strategy, limitsOf(one)));
  if (weighed !== undefined) return weighed.flatMap((one) => labelled(style, one.strategy, describeOutcome(one)));
  return (broken ?? []).flatMap((one) => labelled(style, 'limit', describeBroken(one)));
}

/** Of a plan that breaks limits, also of the one that comes nearest. */
function limitsOf(weighed: WeighedStrategy): string {
  return describeOutcome(weighed.outcome === 'chosen' ? { ...weighed, outcome: 'second' } : weighed);
}
