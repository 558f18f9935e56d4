import { paint, type TerminalStyle, type Paint } from './terminal-style.js';
import { safeText } from './safe-text.js';
import { padText, textWidth, wrapText } from './text-width.js';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be broken over lines when the table is too wide. */
  readonly wrap?: boolean;
}

/** A cell is a text, or a text with its colour. */
export type Cell = string | { readonly text: string; readonly paint: Paint };

const separation = 3;

/** Lays rows out under their titles within the width of the look. Text is made safe here. */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], style: TerminalStyle): string[] {
  const texts = rows.map((row) => columns.map((_, index) => safeText(cellText(row[index]))));
  const widths = fitWidths(columns, texts, style.columns);
  const lines = layRow(
    columns,
    widths,
    columns.map((column) => column.title),
  ).map((line) => paint(style, 'strong', line));
  rows.forEach((row, index) => {
    lines.push(...layRow(columns, widths, texts[index] ?? [], style, row));
  });
  return lines;
}

function cellText(cell: Cell | undefined): string {
  return cell === undefined ? '' : typeof cell === 'string' ? cell : cell.text;
}

function fitWidths(columns: readonly Column[], rows: readonly (readonly string[])[], total: number): number[] {
  const widths = columns.map((column, index) =>
    Math.max(textWidth(column.title), ...rows.map((row) => textWidth(row[index] ?? ''))),
  );
  const room = total - separation * (columns.length - 1);
  for (let excess = sum(widths) - room; excess > 0; excess--) {
    const widest = widestWrappable(columns, widths);
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** The column to take a space from: the widest that may wrap and still has more than its title and 12 columns. */
function widestWrappable(columns: readonly Column[], widths: readonly number[]): number | undefined {
  let widest: number | undefined;
  columns.forEach((column, index) => {
    const width = widths[index] ?? 0;
    if (column.wrap !== true || width <= Math.max(12, textWidth(column.title))) return;
    if (widest === undefined || width > (widths[widest] ?? 0)) widest = index;
  });
  return widest;
}

function layRow(
  columns: readonly Column[],
  widths: readonly number[],
  texts: readonly string[],
  look?: TerminalStyle,
  cells: readonly Cell[] = [],
): string[] {
  const wrapped = texts.map((text, index) => {
    const width = widths[index] ?? 0;
    return columns[index]?.wrap === true ? wrapText(text, width) : [text];
  });
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map((column, index) => {
        const text = padText(wrapped[index]?.[line] ?? '', widths[index] ?? 0, column.align);
        const cell = cells[index];
        return look !== undefined && typeof cell === 'object' ? paint(look, cell.paint, text) : text;
      })
      .join(' '.repeat(separation))
      .trimEnd(),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
