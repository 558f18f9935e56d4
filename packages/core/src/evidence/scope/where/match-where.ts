import type { WorkerEvent } from '../../../worker/worker.js';
import type { WhereExpression, WhereField, WhereLiteral, WhereOperator } from './where-expression.js';

/**
 * Whether an event fulfils a condition. What an event does not have is null. Only numbers with numbers and texts with
 * texts have an order; a comparison of anything else is false, and unequal kinds are unequal.
 */
export function matchesWhere(expression: WhereExpression, event: WorkerEvent): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.terms.every((term) => matchesWhere(term, event));
    case 'or':
      return expression.terms.some((term) => matchesWhere(term, event));
    case 'not':
      return !matchesWhere(expression.term, event);
    case 'compare':
      return compare(fieldOf(event, expression.field), expression.operator, expression.literal);
    case 'in': {
      const value = fieldOf(event, expression.field);
      return expression.literals.some((literal) => literal === value);
    }
  }
}

function fieldOf(event: WorkerEvent, field: WhereField): unknown {
  switch (field.kind) {
    case 'key':
    case 'time':
    case 'topic':
    case 'partition':
    case 'offset':
      return event[field.kind];
    case 'header':
      // The last one counts, as it does for whoever reads headers into a map.
      return event.headers.findLast(([name]) => name === field.name)?.[1] ?? null;
    case 'value':
      return memberAt(event.value, field.path);
  }
}

function memberAt(value: unknown, path: readonly (string | number)[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return null;
    if (Array.isArray(at) ? typeof step !== 'number' : !Object.hasOwn(at, step)) return null;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at ?? null;
}

function compare(value: unknown, operator: WhereOperator, literal: WhereLiteral): boolean {
  switch (operator) {
    case '=':
      return value === literal;
    case '!=':
      return value !== literal;
    case '<':
      return order(value, literal) < 0;
    case '<=':
      return order(value, literal) <= 0;
    case '>':
      return order(value, literal) > 0;
    case '>=':
      return order(value, literal) >= 0;
  }
}

/** Below, above or 0 for equal ones; NaN where there is no order. */
function order(value: unknown, literal: WhereLiteral): number {
  if (typeof value === 'number' && typeof literal === 'number') return value - literal;
  if (typeof value === 'string' && typeof literal === 'string') return value < literal ? -1 : Number(value > literal);
  return NaN;
}
