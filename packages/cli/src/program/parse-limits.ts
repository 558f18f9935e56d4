import { RecoveryError, type RecoveryLimits } from '@eventmend/core';
import { parseDuration } from '@eventmend/core/incident';
import type { LimitOptions } from './limit-options.js';

/** @throws RecoveryError `invalid-argument` for an amount or a duration that is none */
export function parseLimits({ maxLoss, deadline, minFidelity }: LimitOptions): RecoveryLimits {
  return {
    ...(maxLoss !== undefined && { maxLoss: parseLoss(maxLoss) }),
    ...(deadline !== undefined && { deadlineMs: parseDeadline(deadline) }),
    ...(minFidelity !== undefined && { minFidelity }),
  };
}

function parseLoss(text: string): NonNullable<RecoveryLimits['maxLoss']> {
  const [, share] = /^(\d{1,3}(?:\.\d{1,9})?)\s*%$/.exec(text.trim()) ?? [];
  if (share !== undefined && Number(share) <= 100) return { share: Number(share) / 100 };
  if (/^\d{1,15}$/.test(text.trim())) return { events: Number(text) };
  throw new RecoveryError('invalid-argument', `--max-loss ${text} is no amount`, {
    hint: 'a number of events such as 100, or a share of the events that the recovery needs, such as 0.5%',
  });
}

function parseDeadline(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms > 0) return ms;
  throw new RecoveryError('invalid-argument', `--deadline ${text} is no duration`, {
    hint: 'such as 30m, 90s or 1h30m: how long carrying the plan out may take',
  });
}
