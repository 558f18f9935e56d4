import type { TerminalStyle } from './terminal-style.js';
import { safeText } from './safe-text.js';
import { padText, wrapText } from './text-width.js';

/** `  label     text`, wrapped under the text. Text is made safe here. */
export function labelled(style: TerminalStyle, label: string, text: string, labelWidth = 10, indent = 2): string[] {
  const left = ' '.repeat(indent) + padText(label, labelWidth) + '  ';
  return wrapText(safeText(text), Math.max(20, style.columns - left.length)).map((line, index) =>
    index === 0 ? left + line : ' '.repeat(left.length) + line,
  );
}

/** A paragraph, wrapped; following lines are indented. Text is made safe here. */
export function paragraph(style: TerminalStyle, text: string, indent = 2): string[] {
  return wrapText(safeText(text), Math.max(20, style.columns - indent)).map((line, index) =>
    index === 0 ? line : ' '.repeat(indent) + line,
  );
}
