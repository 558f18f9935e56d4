import { readWhereField } from './read-where-field.js';
import { readWhereLiteral } from './read-where-literal.js';
import { openWhere, type WhereCursor } from './where-cursor.js';
import { whereError } from './where-error.js';
import type { WhereExpression, WhereField, WhereLiteral, WhereOperator } from './where-expression.js';

const operators: ReadonlySet<string> = new Set<WhereOperator>(['=', '!=', '<', '<=', '>', '>=']);
const maxLength = 10_000;
const maxDepth = 100;

/**
 * Reads a condition on events: comparisons of fields with `= != < <= > >=` and `in (…)`, joined by `and`, `or`, `not`
 * and parentheses; `not` binds closest, then `and`. Nothing of it is ever run as code.
 * @throws RecoveryError `invalid-condition` with the column at which it is not understood
 */
export function parseWhere(text: string): WhereExpression {
  if (text.length > maxLength) throw whereError(text, maxLength, `a condition has at most ${maxLength} characters`);
  const cursor = openWhere(text);
  if (cursor.peek().kind === 'end') throw whereError(text, 0, 'it is empty');
  const expression = readOr(cursor, 0);
  if (cursor.peek().kind !== 'end') throw whereError(text, cursor.peek().at, 'and, or, or the end is expected here');
  return expression;
}

function readOr(cursor: WhereCursor, depth: number): WhereExpression {
  return readJoined(cursor, 'or', () => readJoined(cursor, 'and', () => readNot(cursor, depth)));
}

function readJoined(cursor: WhereCursor, kind: 'and' | 'or', readTerm: () => WhereExpression): WhereExpression {
  const first = readTerm();
  const terms = [first];
  while (cursor.takeKeyword(kind)) terms.push(readTerm());
  return terms.length === 1 ? first : { kind, terms };
}

function readNot(cursor: WhereCursor, depth: number): WhereExpression {
  if (depth > maxDepth) throw whereError(cursor.text, cursor.peek().at, `at most ${maxDepth} levels are read`);
  if (cursor.takeKeyword('not')) return { kind: 'not', term: readNot(cursor, depth + 1) };
  if (!cursor.takeSymbol('(')) return readComparison(cursor);
  const inner = readOr(cursor, depth + 1);
  cursor.expectSymbol(')');
  return inner;
}

function readComparison(cursor: WhereCursor): WhereExpression {
  const field = readWhereField(cursor);
  if (cursor.takeKeyword('in')) return { kind: 'in', field, literals: readList(cursor, field) };
  if (cursor.takeKeyword('not')) {
    if (!cursor.takeKeyword('in')) throw whereError(cursor.text, cursor.peek().at, 'in is expected here');
    return { kind: 'not', term: { kind: 'in', field, literals: readList(cursor, field) } };
  }
  const token = cursor.take();
  if (token.kind !== 'symbol' || !operators.has(token.text)) {
    throw whereError(cursor.text, token.at, 'one of = != < <= > >= in is expected here');
  }
  return { kind: 'compare', field, operator: token.text as WhereOperator, literal: readWhereLiteral(cursor, field) };
}

function readList(cursor: WhereCursor, field: WhereField): readonly WhereLiteral[] {
  cursor.expectSymbol('(');
  const literals = [readWhereLiteral(cursor, field)];
  while (cursor.takeSymbol(',')) literals.push(readWhereLiteral(cursor, field));
  cursor.expectSymbol(')');
  return literals;
}
