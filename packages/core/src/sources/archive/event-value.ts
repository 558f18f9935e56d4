import { isUtf8 } from 'node:buffer';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { isNestedDeeperThan, maxDepth, maxRowBytes } from '../../model/json/value-limits.js';

/**
 * Parses a value alone: text when it is JSON, else its bytes. Values in UTF-8 become text without loss.
 * @throws RecoveryError `size-limit-exceeded` when it is larger or deeper than the limits; `place` says where it
 *   stands.
 */
export function classifyValue(value: string | Uint8Array | null, place: () => string): string | Uint8Array | null {
  if (value === null) return null;
  checkSize(value, place);
  const bytes = typeof value === 'string' ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const text = bytes === null ? (value as string) : isUtf8(bytes) ? bytes.toString('utf8') : null;
  if (text === null) return value;
  checkDepth(text, place);
  return isJson(text) ? text : (bytes ?? Buffer.from(text, 'utf8'));
}

/** The limits for text that its reader has parsed already. @throws RecoveryError `size-limit-exceeded` */
export function checkLimits(value: string | Uint8Array | null, place: () => string): void {
  if (value === null) return;
  checkSize(value, place);
  if (typeof value === 'string') checkDepth(value, place);
}

function checkSize(value: string | Uint8Array, place: () => string): void {
  // A text has at least as many bytes as characters and at most three times as many.
  const tooLarge =
    value.length > maxRowBytes ||
    (typeof value === 'string' && value.length > maxRowBytes / 3 && Buffer.byteLength(value, 'utf8') > maxRowBytes);
  if (!tooLarge) return;
  throw new RecoveryError('size-limit-exceeded', `${place()}: the value is larger than 16 MiB`, {
    hint: 'leave the event out, or keep its content elsewhere and a reference to it in the event',
  });
}

function checkDepth(text: string, place: () => string): void {
  if (text.length <= 2 * maxDepth || !isNestedDeeperThan(text, maxDepth)) return;
  throw new RecoveryError('size-limit-exceeded', `${place()}: the value is nested deeper than ${maxDepth} levels`, {
    hint: 'leave the event out, or flatten it',
  });
}

/** One JSON value and nothing else. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
