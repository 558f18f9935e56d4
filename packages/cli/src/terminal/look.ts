import { styleText } from 'node:util';

/** What the rendered text may use. */
export interface Look {
  /** Width that tables are laid out for. */
  readonly columns: number;
  /** False where the locale is not UTF-8: symbols then have ASCII fallbacks. */
  readonly unicode: boolean;
  readonly color: boolean;
}

/** The look of text that goes to a file or a pipe. */
export const plainLook: Look = { columns: 80, unicode: true, color: false };

export type Paint = 'good' | 'bad' | 'warn' | 'dim' | 'strong';

const formats = { good: 'green', bad: 'red', warn: 'yellow', dim: 'dim', strong: 'bold' } as const;

/** Colours a text where the look has colour. Give text that is already safe. */
export function paint(look: Look, as: Paint, text: string): string {
  return look.color ? styleText(formats[as], text, { validateStream: false }) : text;
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

export function symbol(look: Look, name: SymbolName): string {
  return symbols[name][look.unicode ? 0 : 1];
}

/** Replaces the symbols inside a finished line where the locale cannot show them; what is left unknown becomes `?`. */
export function fitLocale(look: Look, text: string): string {
  if (look.unicode) return text;
  let fitted = text;
  for (const [unicode, ascii] of Object.values(symbols)) fitted = fitted.replaceAll(unicode, ascii);
  // eslint-disable-next-line no-control-regex -- the escapes of our own colours stay
  return fitted.replace(/[^\x00-\x7f]/gu, '?');
}
