import { whereError } from './where-error.js';
import { whereTokens, type WhereToken } from './where-tokens.js';

/** The words of a condition, read one after the other. */
export interface WhereCursor {
  readonly text: string;
  /** The word that is next. */
  peek(): WhereToken;
  take(): WhereToken;
  /** Takes the next word if it is this keyword, in small or large letters. */
  takeKeyword(keyword: string): boolean;
  takeSymbol(symbol: string): boolean;
  /** @throws RecoveryError `invalid-condition` when another word is next */
  expectSymbol(symbol: string): void;
}

export function openWhere(text: string): WhereCursor {
  const tokens = whereTokens(text);
  let index = 0;
  const peek = (): WhereToken => tokens[Math.min(index, tokens.length - 1)] as WhereToken;
  const takeIf = (matches: boolean): boolean => {
    if (matches) index++;
    return matches;
  };
  const takeSymbol = (symbol: string): boolean => {
    const token = peek();
    return takeIf(token.kind === 'symbol' && token.text === symbol);
  };
  return {
    text,
    peek,
    take() {
      const token = peek();
      index++;
      return token;
    },
    takeKeyword(keyword) {
      const token = peek();
      return takeIf(token.kind === 'name' && token.text.toLowerCase() === keyword);
    },
    takeSymbol,
    expectSymbol(symbol) {
      if (!takeSymbol(symbol)) throw whereError(text, peek().at, `${symbol} is expected here`);
    },
  };
}
