import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** Characters that take one column each and join with none beside them: printable ASCII, and the marks that this CLI writes. */
const isPlain = (text: string): boolean => /^[ -~§±·×–—…→≤≥]*$/.test(text);

/** Columns that a text takes on a terminal. The pattern by which emoji are told apart takes 25 ms to compile: plain text needs none. */
export const textWidth = (text: string): number => (isPlain(text) ? text.length : stringWidth(text));

/** Cuts a text to a width, with a mark where something was cut. */
export function cutText(text: string, width: number, mark = '…'): string {
  if (textWidth(text) <= width) return text;
  let cut = '';
  let used = textWidth(mark);
  for (const character of text) {
    const next = used + textWidth(character);
    if (next > width) break;
    cut += character;
    used = next;
  }
  return cut + mark;
}

export function padText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const padding = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'left' ? text + padding : padding + text;
}

/**
 * Breaks a text at spaces into lines of at most `width` columns; words that are longer are broken inside. What fits is left
 * as it is, so that a caret stays under its place.
 */
export function wrapText(text: string, width: number): string[] {
  if (textWidth(text) <= width) return [text];
  // A path or a row of JSON begins on a line of its own before it is broken: half a name says less than none.
  return wrapAnsi(text, width)
    .split('\n')
    .flatMap((line) => (textWidth(line) <= width ? line : wrapAnsi(line, width, { hard: true }).split('\n')));
}
