import { whereError } from './where-error.js';

/** One word of a condition. `at` is its place in the text, from 0. */
export type WhereToken =
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'text'; readonly value: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

const space = /\s+/y;
const name = /[\p{L}_$][\p{L}\p{N}_$-]*/uy;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const symbol = /!=|<=|>=|[=<>()[\],.]/y;
const quoted = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy;

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * Cuts a condition into words; the last one is `end`.
 * @throws RecoveryError `invalid-condition` at a character that begins no token
 */
export function whereTokens(text: string): readonly WhereToken[] {
  const tokens: WhereToken[] = [];
  let at = 0;
  const take = (form: RegExp): string | null => {
    form.lastIndex = at;
    return form.exec(text)?.[0] ?? null;
  };
  while (at < text.length) {
    const start = at;
    const gap = take(space);
    if (gap !== null) {
      at += gap.length;
      continue;
    }
    const word = take(name);
    const digits = word === null ? take(number) : null;
    const sign = take(symbol);
    const literal = take(quoted);
    if (word !== null) tokens.push({ kind: 'name', text: word, at: start });
    else if (digits !== null) tokens.push({ kind: 'number', value: numberOf(text, digits, start), at: start });
    else if (literal !== null) tokens.push({ kind: 'text', value: unquote(literal), at: start });
    else if (sign !== null) tokens.push({ kind: 'symbol', text: sign, at: start });
    else throw whereError(text, at, strangeCharacter(text, at));
    at += (word ?? digits ?? literal ?? sign ?? ' ').length;
  }
  tokens.push({ kind: 'end', at: text.length });
  return tokens;
}

function unquote(literal: string): string {
  return literal.slice(1, -1).replace(/\\(.)/gs, (_, escaped: string) => escapes[escaped] ?? escaped);
}

/** Digits that a number would lose could match another event than the one that was meant. */
function numberOf(text: string, digits: string, at: number): number {
  const value = Number(digits);
  if (Number.isFinite(value) && (Number.isSafeInteger(value) || !/^-?\d+$/.test(digits))) return value;
  throw whereError(text, at, 'this number is too large to be compared exactly');
}

function strangeCharacter(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (character === '"' || character === "'") return `the text that begins with ${character} has no end`;
  if (character === '!') return 'write != for unequal, and not (…) for the opposite';
  return `${JSON.stringify(character)} has no meaning here`;
}
