import { styleText } from 'node:util';

/** What the rendered text may use. */
export interface TerminalStyle {
  /** Width that tables are laid out for. */
  readonly columns: number;
  /** False where the locale is not UTF-8: symbols then have ASCII fallbacks. */
  readonly unicode: boolean;
  readonly color: boolean;
}

/** The look of text that goes to a file or a pipe. */
export const plainStyle: TerminalStyle = { columns: 80, unicode: true, color: false };

export type Paint = 'good' | 'bad' | 'warn' | 'dim' | 'strong';

const formats = { good: 'green', bad: 'red', warn: 'yellow', dim: 'dim', strong: 'bold' } as const;

/** Colours a text where the look has colour. Give text that is already safe. */
export function paint(style: TerminalStyle, as: Paint, text: string): string {
  return style.color ? styleText(formats[as], text, { validateStream: false }) : text;
}

const symbols = {
  dot: ['·', '-'],
  ellipsis: ['…', '...'],
  arrow: ['→', '->'],
  dash: ['–', '-'],
  plusMinus: ['±', '+/-'],
  full: ['█', '#'],
  empty: ['░', '.'],
  passed: ['✓', 'ok'],
  failed: ['✗', 'FAILED'],
  unchecked: ['–', '--'],
} as const;

export type SymbolName = keyof typeof symbols;

export function symbol(style: TerminalStyle, name: SymbolName): string {
  return symbols[name][style.unicode ? 0 : 1];
}

/** Replaces the symbols inside a finished line where the locale cannot show them; what is left unknown becomes `?`. */
export function fitLocale(style: TerminalStyle, text: string): string {
  if (style.unicode) return text;
  let fitted = text;
  for (const [unicode, ascii] of Object.values(symbols)) fitted = fitted.replaceAll(unicode, ascii);
  // eslint-disable-next-line no-control-regex -- the escapes of our own colours stay
  return fitted.replace(/[^\x00-\x7f]/gu, '?');
}
