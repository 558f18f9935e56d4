import type { Help, RefusalReason } from '@eventmend/estimation';
import { countOf, formatCount } from '../terminal/format.js';
import { formatPercent, roundAs } from './round-estimate.js';

export function describeRefusal(reason: RefusalReason): string {
  switch (reason.code) {
    case 'too-few-seasons':
      return `only ${countOf(reason.known, 'slot')} are known, and two seasons have ${formatCount(reason.needed)}`;
    case 'gap-too-long':
      return `the gap has ${countOf(reason.gap, 'slot')}, and no known stretch holds as many with enough around them (the longest has ${formatCount(reason.longestKnown)})`;
    case 'too-few-masks':
      return `only ${countOf(reason.masks, 'span')} like the gap are known; ${formatCount(reason.needed)} are needed for an interval of 90 %`;
    case 'no-method':
      return 'no method has enough to work with around the gap';
    case 'no-skill':
      return `no method does better than the mean of everything (error ${roundAs(reason.error, reason.error)} against ${roundAs(reason.errorOfMean, reason.errorOfMean)})`;
    case 'too-wide':
      return `the interval of 90 % would be ± ${formatPercent(reason.width)}, and ± ${formatPercent(reason.allowed)} is allowed`;
    case 'level-shift':
      return `the level moved inside of the gap as nowhere else, from ${roundAs(reason.before, reason.before / 10)} to ${roundAs(reason.behind, reason.behind / 10)} a slot, and nobody knows when`;
    case 'demand-changed':
      return 'the incident changed the demand itself, and no other system says how';
  }
}

export function describeHelp(help: Help): string {
  switch (help.kind) {
    case 'covariate':
      return 'what another system measured in the same time, the gap included (--covariate)';
    case 'control-total':
      return 'a known total of the gap, or of a period around it';
    case 'longer-history':
      return `a longer history: ${countOf(help.slots, 'slot')} more`;
    case 'state-season':
      return 'to say after how many slots the pattern repeats, or that it does not (--season 1)';
    case 'allow-width':
      return Number.isFinite(help.width)
        ? `to allow ${formatPercent(help.width)} (--max-width)`
        : 'no limit (--max-width)';
  }
}
