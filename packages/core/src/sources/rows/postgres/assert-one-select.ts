import { RecoveryError } from '../../../model/errors/recovery-error.js';

const comment = String.raw`--[^\n]*(?:\n|$)|/\*(?:[^*]|\*(?!/))*\*/`;
const select = new RegExp(String.raw`^(?:[\s(]|${comment})*(?:select|with|values|table)\b`, 'i');

/**
 * Refuses a statement of another kind in words that fit; the server would only speak of its syntax. That nothing is written
 * does not hang on this: the transaction allows nothing else.
 * @throws RecoveryError `unreadable-database`
 */
export function assertOneSelect(query: string, setting: 'query' | 'position_query', location: string): void {
  if (select.test(query)) return;
  throw new RecoveryError(
    'unreadable-database',
    `${location}: the ${setting} is not a SELECT, and is read in a transaction that is READ ONLY`,
    { hint: oneSelectHint, details: { location } },
  );
}

export const oneSelectHint = 'write one SELECT, e.g. query: SELECT id, total FROM orders ORDER BY id';
