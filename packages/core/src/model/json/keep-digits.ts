import { inexactReason, InexactNumber, isExactNumber } from './exact-number.js';
import { fieldPath, firstDifference } from './first-difference.js';

/** A JSON value with a number that a double cannot give back. */
export interface KeptDigits {
  /** Where the first of them stands, `$.account`. */
  readonly path: string;
  /** The value with all such numbers as the texts that they were. */
  readonly value: unknown;
  /** True when all of them are integers in digits alone. */
  readonly integers: boolean;
}

/** Why an event or a row with such a number is refused; never quotes it. */
export function reasonOfInexact({ path }: KeptDigits): string {
  return `${path} is ${inexactReason}`;
}

/**
 * Reads JSON text with care; null when no number in it loses digits, as `isFine` says. The text must be valid JSON.
 */
export function keepDigits(text: string, isFine: (number: string) => boolean = isExactNumber): KeptDigits | null {
  const quoted = withInexactQuoted(text, isFine);
  if (quoted === null) return null;
  const value: unknown = JSON.parse(quoted.text);
  // Of two members of one name the first is gone, and its number with it.
  const difference = firstDifference(JSON.parse(text), value);
  return difference === null ? null : { path: difference.path, value, integers: quoted.integers };
}

/** The value of JSON text, with an `InexactNumber` in the place of each number that loses digits; null where none does. */
export function parseWithInexact(
  text: string,
  isFine: (number: string) => boolean = isExactNumber,
): { readonly value: unknown } | null {
  const kept = keepDigits(text, isFine);
  return kept === null ? null : { value: marked(JSON.parse(text), kept.value) };
}

/** Where the first `InexactNumber` of a value stands; null where there is none. */
export function pathOfInexact(value: unknown, path = '$'): string | null {
  if (value instanceof InexactNumber) return path;
  if (typeof value !== 'object' || value === null) return null;
  const entries: readonly (readonly [string, unknown])[] = Array.isArray(value)
    ? value.map((item, index) => [`${path}[${index}]`, item] as const)
    : Object.entries(value).map(([name, item]) => [fieldPath(path, name), item] as const);
  for (const [inner, item] of entries) {
    const found = pathOfInexact(item, inner);
    if (found !== null) return found;
  }
  return null;
}

/** True when every `InexactNumber` of a value is an integer in digits alone. */
export function hasIntegersOnly(value: unknown): boolean {
  if (value instanceof InexactNumber) return /^-?\d+$/.test(value.text);
  return typeof value !== 'object' || value === null || Object.values(value).every(hasIntegersOnly);
}

/** A copy of the value with texts in the place of every `InexactNumber`. */
export function inexactAsText(value: unknown): unknown {
  if (value instanceof InexactNumber) return value.text;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inexactAsText);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inexactAsText(item)]));
}

/** JSON text of a value, with every `InexactNumber` as it stood. */
export function jsonWithInexact(value: unknown): string {
  if (value instanceof InexactNumber) return value.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(jsonWithInexact).join(',')}]`;
  const members = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}:${jsonWithInexact(item)}`);
  return `{${members.join(',')}}`;
}

/** The text with quotes around each number outside of texts that loses digits; null where there is none. */
function withInexactQuoted(
  text: string,
  isFine: (number: string) => boolean,
): { readonly text: string; readonly integers: boolean } | null {
  let quoted = '';
  let copied = 0;
  let integers = true;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at) - 1;
    } else if (code === minus || isDigit(code)) {
      const end = endOfNumber(text, at);
      const number = text.slice(at, end);
      if (!isFine(number)) {
        quoted += `${text.slice(copied, at)}"${number}"`;
        copied = end;
        integers &&= /^-?\d+$/.test(number);
      }
      at = end - 1;
    }
  }
  return copied === 0 ? null : { text: quoted + text.slice(copied), integers };
}

const quote = 0x22;
const minus = 0x2d;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function endOfNumber(text: string, from: number): number {
  let end = from + 1;
  while (end < text.length && /[\d.eE+-]/.test(text.charAt(end))) end++;
  return end;
}

/** Behind the closing quote of the string that begins at `from`. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === quote) return at + 1;
  }
  return text.length;
}

/** Puts the numbers that differ back as what they are: a number in one reading, a text in the other. */
function marked(rounded: unknown, kept: unknown): unknown {
  if (typeof rounded === 'number' && typeof kept === 'string') return new InexactNumber(kept);
  if (typeof kept !== 'object' || kept === null) return kept;
  if (Array.isArray(kept)) return kept.map((item, index) => marked((rounded as readonly unknown[])[index], item));
  const fields = rounded as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(kept).map(([name, item]) => [name, marked(fields[name], item)]));
}
