import type { History } from './history.js';
import type { Method } from './method.js';

/** What is made of a history, made once for each. */
export function rememberOf<T>(make: (history: History) => T): (history: History) => T {
  const made = new WeakMap<History, { readonly of: T }>();
  return (history) => {
    let kept = made.get(history);
    if (kept === undefined) made.set(history, (kept = { of: make(history) }));
    return kept.of;
  };
}

/** The same method, computed once for each history: a combination asks for what has just been tried alone. */
export function remember(method: Method): Method {
  const pathOf = rememberOf(method);
  return (history) => pathOf(history)?.slice() ?? null;
}
