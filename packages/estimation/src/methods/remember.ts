import type { History } from './history.js';
import type { Method } from './method.js';

/** What is made of a history, made once while nothing is asked of another: a backtest goes through them one by one. */
export function rememberOf<T>(make: (history: History) => T): (history: History) => T {
  let last: { readonly history: History; readonly made: T } | null = null;
  return (history) => {
    if (last?.history !== history) last = { history, made: make(history) };
    return last.made;
  };
}

/** The same method, computed once for each history: a combination asks for what has just been tried alone. */
export function remember(method: Method): Method {
  const pathOf = rememberOf(method);
  return (history) => pathOf(history)?.slice() ?? null;
}
