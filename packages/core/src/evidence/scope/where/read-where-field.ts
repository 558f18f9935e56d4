import type { WhereField } from './where-expression.js';
import { whereError } from './where-error.js';
import type { WhereCursor } from './where-cursor.js';

const plainFields: ReadonlySet<string> = new Set(['key', 'time', 'topic', 'partition', 'offset']);

/**
 * Reads `key`, `headers.trace-id`, `value.lines[0].cents` or `value["odd name"]`.
 * @throws RecoveryError `invalid-condition`
 */
export function readWhereField(cursor: WhereCursor): WhereField {
  const token = cursor.take();
  if (token.kind !== 'name') throw whereError(cursor.text, token.at, 'a field of the event is expected here');
  const path = readPath(cursor);
  if (token.text === 'value') return { kind: 'value', path };
  if (token.text === 'headers') {
    const [header, ...rest] = path;
    if (typeof header === 'string' && rest.length === 0) return { kind: 'header', name: header };
    throw whereError(cursor.text, token.at, 'name one header, such as headers.tenant or headers["trace.id"]');
  }
  if (!plainFields.has(token.text)) {
    const meant = path.length === 0 ? `value.${token.text}` : `value.${token.text}…`;
    throw whereError(cursor.text, token.at, `an event has no field ${token.text}; did you mean ${meant}?`);
  }
  if (path.length > 0) throw whereError(cursor.text, token.at, `${token.text} has no fields of its own`);
  return { kind: token.text as 'key' | 'time' | 'topic' | 'partition' | 'offset' };
}

function readPath(cursor: WhereCursor): readonly (string | number)[] {
  const path: (string | number)[] = [];
  for (;;) {
    if (cursor.takeSymbol('.')) {
      const token = cursor.take();
      if (token.kind !== 'name')
        throw whereError(cursor.text, token.at, 'the name of a field is expected after the dot');
      path.push(token.text);
    } else if (cursor.takeSymbol('[')) {
      const token = cursor.take();
      if (token.kind === 'text') path.push(token.value);
      else if (token.kind === 'number' && Number.isSafeInteger(token.value) && token.value >= 0) path.push(token.value);
      else throw whereError(cursor.text, token.at, 'a place in a list or a "name" is expected in the brackets');
      cursor.expectSymbol(']');
    } else return path;
  }
}
