import type { History } from './history.js';
import type { Method } from './method.js';

/** The same method, computed once for each history: a combination asks for what has just been tried alone. */
export function remember(method: Method): Method {
  const paths = new WeakMap<History, Float64Array | null>();
  return (history) => {
    let path = paths.get(history);
    if (path === undefined) paths.set(history, (path = method(history)));
    return path === null ? null : path.slice();
  };
}
