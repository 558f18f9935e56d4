import { escapeText } from '../page/html.js';

/** Text in which no character is markup, neither of Markdown nor of the HTML in it. */
export function escapeMarkdown(text: string): string {
  return escapeText(text)
    .replaceAll('\\', '\\\\')
    .replace(/[`*_{}[\]()#+!|~^-]/g, '\\$&')
    .replaceAll('://', ':\\//')
    .replace(/\bwww\./gi, 'www\\.')
    .replaceAll('@', '&#64;');
}

/** Code in a line; what would end it is shown as another quote. */
export function codeSpan(text: string): string {
  return `\`${text.replaceAll('`', 'ˋ').replace(/\s+/g, ' ')}\``;
}

export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  return [line(titles), `|${titles.map(() => ' --- |').join('')}`, ...rows.map(line)];
}
