/** So many characters of a value are shown. */
const most = 1_200;

/** JSON text of a value, short enough to be shown. */
export function shownJson(value: unknown, length = most): string {
  const text = JSON.stringify(value) ?? 'nothing';
  if (text.length <= length) return text;
  // Not between the halves of a character.
  const end = /[\ud800-\udbff]/.test(text.charAt(length - 1)) ? length - 1 : length;
  return `${text.slice(0, end)}…`;
}

/** A text of outside, short enough to be shown. */
export function shownText(text: string, length = 400): string {
  if (text.length <= length) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(length - 1)) ? length - 1 : length;
  return `${text.slice(0, end)}…`;
}
