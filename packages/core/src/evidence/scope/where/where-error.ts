import { RecoveryError } from '../../../model/errors/recovery-error.js';

/** Enough of a long condition to see where one is. */
const shownBefore = 40;
const shownAfter = 24;

/** What is wrong with a condition, with a caret under the place. @param at from 0 */
export function whereError(text: string, at: number, what: string): RecoveryError {
  const from = Math.max(0, at - shownBefore);
  const excerpt = text.slice(from, at + shownAfter).replaceAll(/\s/g, ' ');
  return new RecoveryError(
    'invalid-condition',
    `the condition is not understood at column ${at + 1}: ${what}\n  ${excerpt}\n  ${' '.repeat(at - from)}^`,
    {
      hint: `compare key, time, topic, partition, offset, headers.NAME or value.PATH, such as: value.tenant = "acme" and value.cents > 100`,
      details: { where: text, column: at + 1 },
    },
  );
}
