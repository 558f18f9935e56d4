import type { MatchRule } from './match-rule.js';

interface Recognised {
  readonly id: string | null;
  readonly key: string | null;
  readonly time: number | null;
  readonly amount: string | null;
}

/** Whether an event or a record has what the rule recognises it by, so that it is known for certain which it is not. */
export function isRecognisable(rule: MatchRule, { id, key, time, amount }: Recognised): boolean {
  if (rule.within === null) return id !== null;
  return time !== null && (rule.key === null || key !== null) && (rule.amount === null || amount !== null);
}
