import { RecoveryError } from '@eventmend/core';

/** @throws RecoveryError `invalid-argument` for a text that is no whole number from `least` on */
export function wholeNumber(text: string, name: string, least: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (number >= least) return number;
  throw new RecoveryError('invalid-argument', `${name} ${text} is no whole number from ${least} on`, {
    hint: `such as ${name} ${Math.max(least, 8)}`,
  });
}
