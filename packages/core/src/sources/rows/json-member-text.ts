/**
 * The exact text of a member of a JSON object, given the object's text, which must be valid JSON. Parsing and writing a
 * value again may change it (1.0 becomes 1, large integers lose digits), so what is kept is cut out instead. Of several
 * members of that name the last counts, as for JSON.parse. Null when there is none.
 */
export function jsonMemberText(text: string, name: string): string | null {
  let found: string | null = null;
  let at = skipBlank(text, text.indexOf('{') + 1);
  while (text.charCodeAt(at) === quote) {
    const nameEnd = endOfString(text, at);
    const isWanted = isName(text.slice(at, nameEnd), name);
    const begin = skipBlank(text, text.indexOf(':', nameEnd) + 1);
    const end = endOfValue(text, begin);
    if (isWanted) found = text.slice(begin, end);
    at = skipBlank(text, end);
    if (text.charCodeAt(at) === comma) at = skipBlank(text, at + 1);
  }
  return found;
}

const quote = 0x22;
const comma = 0x2c;

function isName(quoted: string, name: string): boolean {
  return quoted.includes('\\')
    ? JSON.parse(quoted) === name
    : quoted.length === name.length + 2 && quoted.includes(name);
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++;
  return at;
}

/** Behind the closing quote of the string that begins at `from`. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

function endOfValue(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === quote) return endOfString(text, from);
  const nested = first === 0x7b || first === 0x5b;
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at);
      continue;
    }
    if (code === 0x7b || code === 0x5b) depth++;
    else if (code === 0x7d || code === 0x5d) {
      if (depth === 0) break; // the end of the object around a number, true, false or null
      if (--depth === 0 && nested) return at + 1;
    } else if (depth === 0 && (code === comma || code <= 0x20)) break;
    at++;
  }
  return at;
}
