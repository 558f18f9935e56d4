import { RecoveryError } from '../errors/recovery-error.js';

/**
 * An offset inside a partition. Inside the process a safe integer (Kafka's 64-bit offsets stay below 2^53 for any real
 * log: a million events a second for 285 years); in JSON and on the command line always a string.
 */
export type Offset = number;

/**
 * Reads an offset from JSON or text.
 * @throws RecoveryError `invalid-field` when it is not a whole number from 0 to 2^53 - 1.
 */
export function parseOffset(value: unknown, where: string): Offset {
  const text = typeof value === 'bigint' ? value.toString() : value;
  const offset = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : text;
  if (typeof offset === 'number' && Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new RecoveryError('invalid-field', `${where} is not an offset: ${JSON.stringify(String(value).slice(0, 60))}`, {
    hint: 'an offset is a whole number from 0 to 9007199254740991',
  });
}
