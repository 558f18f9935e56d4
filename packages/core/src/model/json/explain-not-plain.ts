import { inexactReason, InexactNumber } from './exact-number.js';
import { fieldPath } from './first-difference.js';
import { maxJsonDepth, ownHiddenPart } from './plain-json.js';

/** Where in a value the first thing stands that JSON would silently change, and what it is. */
export interface NotPlainFinding {
  /** `$.orders[3].total`; `$` is the value itself. */
  readonly path: string;
  readonly reason: string;
}

/**
 * Finds the first part of a value that does not survive JSON, in reading order, and says why. The slow twin of
 * `countNegativeZeros`: it decides the same (and finds hidden parts besides) but keeps the path. `-0` is no finding.
 */
export function explainNotPlain(value: unknown): NotPlainFinding | null {
  return explain(value, '$', []);
}

function explain(value: unknown, path: string, ancestors: readonly object[]): NotPlainFinding | null {
  const reason = scalarReason(value);
  if (reason !== null) return { path, reason };
  if (typeof value !== 'object' || value === null) return null;
  if (ancestors.includes(value)) return { path, reason: 'a cycle: it holds itself' };
  if (ancestors.length >= maxJsonDepth)
    return { path: shorten(path), reason: `nested deeper than ${maxJsonDepth} levels` };
  const kind = kindReason(value);
  if (kind !== null) return { path, reason: kind };
  const hidden = ownHiddenPart(value);
  if (hidden !== null)
    return { path: hidden.symbol ? path + hidden.name : fieldPath(path, hidden.name), reason: hidden.reason };
  const inner = [...ancestors, value];
  if (Array.isArray(value)) return explainItems(value, path, inner);
  for (const name of Object.keys(value)) {
    const finding = explain((value as Record<string, unknown>)[name], fieldPath(path, name), inner);
    if (finding !== null) return finding;
  }
  return null;
}

function explainItems(items: readonly unknown[], path: string, ancestors: readonly object[]): NotPlainFinding | null {
  for (let index = 0; index < items.length; index++) {
    const itemPath = `${path}[${index}]`;
    if (!(index in items)) return { path: itemPath, reason: 'a missing element, which JSON turns into null' };
    const finding = explain(items[index], itemPath, ancestors);
    if (finding !== null) return finding;
  }
  return null;
}

const tooLarge = 'a number above 2^53, where integers lose digits; use a string';

function scalarReason(value: unknown): string | null {
  if (value instanceof InexactNumber) return /^-?\d+$/.test(value.text) ? tooLarge : `${inexactReason}; use a string`;
  switch (typeof value) {
    case 'undefined':
      return 'undefined, which JSON leaves out';
    case 'function':
      return 'a function, which JSON leaves out';
    case 'symbol':
      return 'a symbol, which JSON leaves out';
    case 'bigint':
      return 'a BigInt, which JSON cannot write; use a string';
    case 'number':
      if (Number.isNaN(value)) return 'NaN, which JSON turns into null';
      if (!Number.isFinite(value)) return `${value}, which JSON turns into null`;
      if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return tooLarge;
      return null;
    default:
      return null;
  }
}

function kindReason(value: object): string | null {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value))
    return prototype === Array.prototype ? null : 'an array of a class of its own, which JSON makes a plain array';
  if (prototype === Object.prototype) return null;
  if (prototype === null) return 'an object without a prototype, which JSON gives one; use a plain {}';
  if (value instanceof Date) return 'a Date, which JSON turns into text; use milliseconds';
  if (value instanceof Map || value instanceof Set) return `a ${value.constructor.name}, which JSON empties`;
  const constructor: unknown = (value as { constructor?: unknown }).constructor;
  const name = typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'class';
  return `an object of ${name}, which JSON makes a plain object`;
}

/** A path of a thousand levels says nothing more than its beginning. */
function shorten(path: string): string {
  return path.length <= 80 ? path : `${path.slice(0, 77)}...`;
}
