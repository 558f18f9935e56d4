import type { History } from './history.js';
import { finishPath, type Method } from './method.js';

/**
 * The plain mean of several methods: errors that are not the same partly cancel, and weights that would have to be estimated
 * seldom do better (Bates & Granger 1969, "The combination of forecasts"; Clemen 1989). Null where one of them is.
 */
export function combine(methods: readonly Method[]): Method {
  return (history: History) => {
    const mean = new Float64Array(history.to - history.from);
    for (const method of methods) {
      const path = method(history);
      if (path === null) return null;
      for (let at = 0; at < mean.length; at++) mean[at]! += path[at]! / methods.length;
    }
    return finishPath(mean, history);
  };
}
