// Ranges that terminals draw two columns wide: CJK, kana, hangul, full-width forms, emoji.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u;
const zeroWidth = /\p{Mark}/u;

/** Columns that a text without escapes takes on a terminal. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (zeroWidth.test(character)) continue;
    width += wide.test(character) ? 2 : 1;
  }
  return width;
}

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
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (textWidth(word) > width) {
      const head = cutText(word, width, '');
      if (head === '') break;
      lines.push(head);
      word = word.slice(head.length);
    }
    line = word;
  }
  lines.push(line);
  return lines;
}
