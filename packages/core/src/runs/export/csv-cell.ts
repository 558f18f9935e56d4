/** What a spreadsheet would run as a formula; with the apostrophes in front, so that taking one off is always right. */
const formulaStart = /^'*[=+\-@\t\r\n]/;

/**
 * One cell of a CSV file (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe in front; a
 * reader that is no spreadsheet takes one off again where apostrophes are followed by `= + - @`, a tab or a line break.
 * Numbers are written as they are.
 */
export function csvCell(value: unknown, type: 'text' | 'integer' | 'json'): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return JSON.stringify(value);
  const text = type !== 'json' && typeof value === 'string' ? value : JSON.stringify(value);
  return quoted(formulaStart.test(text) ? `'${text}` : text);
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
