import type { WhereField, WhereLiteral } from './where-expression.js';
import { whereError } from './where-error.js';
import type { WhereCursor } from './where-cursor.js';

const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
/** A moment with its zone: without one it would mean another moment on another machine. */
const moment = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/**
 * Reads a value to compare a field with, and refuses one that the field can never have.
 * @throws RecoveryError `invalid-condition`
 */
export function readWhereLiteral(cursor: WhereCursor, field: WhereField): WhereLiteral {
  const token = cursor.take();
  const refuse = (what: string) => whereError(cursor.text, token.at, what);
  if (token.kind === 'name') {
    const word = words[token.text.toLowerCase()];
    if (word !== undefined && Object.hasOwn(words, token.text.toLowerCase())) return fitting(field, word, refuse);
    throw refuse(`texts stand in quotation marks: "${token.text}"`);
  }
  if (token.kind === 'text' || token.kind === 'number') return fitting(field, token.value, refuse);
  throw refuse('a text, a number, true, false or null is expected here');
}

function fitting(field: WhereField, literal: WhereLiteral, refuse: (what: string) => Error): WhereLiteral {
  switch (field.kind) {
    case 'value':
      return literal;
    case 'time':
      return literal === null ? null : timeOf(literal, refuse);
    case 'partition':
    case 'offset':
      if (typeof literal === 'number') return literal;
      throw refuse(`the ${field.kind} is a number`);
    case 'topic':
      if (typeof literal === 'string') return literal;
      throw refuse('the topic is a text');
    case 'key':
    case 'header':
      if (typeof literal === 'string' || literal === null) return literal;
      throw refuse(`the ${field.kind} is a text or null`);
  }
}

function timeOf(literal: WhereLiteral, refuse: (what: string) => Error): number {
  if (typeof literal === 'number') return literal;
  const time = typeof literal === 'string' && moment.test(literal) ? Date.parse(literal) : NaN;
  if (Number.isNaN(time)) {
    throw refuse('the time is a number of milliseconds, or a moment such as "2026-11-19T09:12:00Z"');
  }
  return time;
}
